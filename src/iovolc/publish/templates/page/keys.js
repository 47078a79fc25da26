/* Keys on the maps, and some for the whole page. */
"use strict";
(function () {
  const { byId } = iovolc;

  iovolc.startKeys = function () {
    for (const view of iovolc.mapViews) view.canvas.addEventListener("keydown", (event) => onMap(event, view));
    for (const button of document.querySelectorAll("[data-turn]"))
      button.addEventListener("click", () => press(button.dataset.turn));
    document.addEventListener("keydown", onPage);
  };

  function press(key, view) {
    const step = 15 / iovolc.state.zoom;
    const moves = {
      ArrowLeft: () => iovolc.turn(-step, 0),
      ArrowRight: () => iovolc.turn(step, 0),
      ArrowUp: () => iovolc.turn(0, step),
      ArrowDown: () => iovolc.turn(0, -step),
      "+": () => iovolc.zoomBy(1.3),
      "=": () => iovolc.zoomBy(1.3),
      "-": () => iovolc.zoomBy(1 / 1.3),
      Home: () => iovolc.lookAt(0, 0, 1),
      Enter: () => view && iovolc.choose(view, view.size.width / 2, view.size.height / 2),
    };
    if (!moves[key]) return false;
    moves[key]();
    return true;
  }

  function onMap(event, view) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (press(event.key, view)) {
      event.preventDefault();
      const { width, height } = view.size;
      iovolc.pointAt(view, [width / 2, height / 2]);
    }
  }

  /* Single letters work where nothing is typed. */
  function onPage(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName))
      return;
    const letters = {
      ",": () => iovolc.stepTime(-1),
      ".": () => iovolc.stepTime(1),
      n: () => iovolc.stepEvent(1),
      p: () => iovolc.stepEvent(-1),
      b: () => iovolc.state.mode === "blink" && iovolc.flip(),
      l: () => iovolc.set({ sense: iovolc.state.sense === "e" ? "w" : "e" }),
      "/": () => (event.preventDefault(), byId("find").focus()),
    };
    if (letters[event.key]) letters[event.key]();
  }
})();
