/* A row of the catalogue or of the hot spots: what it is called is a button that opens it. */
"use strict";
(function () {
  const { make } = iovolc;

  /* `cells` are pairs of label and content; narrow screens show the labels beside the contents. */
  iovolc.tableRow = function ({ name, chosen, whole, press, cells }) {
    const opens = {
      type: "button",
      class: whole ? "link whole" : "link",
      onclick: press,
      "aria-pressed": String(chosen),
      "data-focus": "row-" + name,
    };
    return make(
      "tr",
      { class: chosen ? "chosen" : null },
      make("th", { scope: "row" }, make("button", opens, name)),
      ...cells.map(([label, content]) => make("td", { "data-label": label }, content)),
    );
  };
})();
