/* Before and after: swiped, or blinking. */
"use strict";
(function () {
  const { byId, options } = iovolc;
  const BLINK_MS = 800;
  let timer = 0;
  iovolc.blinkPhase = false; // whether a blinking map shows "before" now

  iovolc.startCompare = function () {
    for (const button of document.getElementsByName("mode")) {
      button.checked = button.value === iovolc.state.mode;
      button.addEventListener("change", () => iovolc.set({ mode: button.value }));
    }
    byId("before").addEventListener("change", (event) => iovolc.set({ before: Number(event.target.value) }));
    byId("swipe").addEventListener("input", (event) => iovolc.set({ swipe: Number(event.target.value) / 100 }));
    byId("flip").addEventListener("click", flip);
    iovolc.listen(["mode", "epoch", "before", "channel"], tell);
    iovolc.listen(["swipe"], () => (byId("swipe").value = Math.round(100 * iovolc.state.swipe)));
    byId("swipe").value = Math.round(100 * iovolc.state.swipe);
    tell();
  };

  function flip() {
    iovolc.blinkPhase = !iovolc.blinkPhase;
    say();
    iovolc.redraw();
  }
  iovolc.flip = flip;

  function tell() {
    const { state } = iovolc,
      epoch = iovolc.shownEpoch();
    const mine = iovolc.epochsOf(state.channel).filter((other) => other.number !== state.epoch);
    options(
      byId("before"),
      mine.map((other) => [other.number, iovolc.epochText(other)]),
      state.before,
    );
    for (const button of document.getElementsByName("mode")) button.checked = button.value === state.mode;
    byId("before-part").hidden = state.mode === "off";
    byId("swipe-part").hidden = state.mode !== "swipe";
    byId("blink-part").hidden = state.mode !== "blink";
    clearInterval(timer);
    iovolc.blinkPhase = false;
    // Who asks for less motion flips by hand.
    if (state.mode === "blink" && epoch && !iovolc.calm()) timer = setInterval(flip, BLINK_MS);
    say();
  }

  function say() {
    const before = iovolc.beforeEpoch(),
      epoch = iovolc.shownEpoch(),
      { mode } = iovolc.state;
    const text =
      !before || !epoch || mode === "off"
        ? ""
        : mode === "swipe"
          ? "Left: " + iovolc.spanText(before) + ". Right: " + iovolc.spanText(epoch) + "."
          : "Now shown: " +
            (iovolc.blinkPhase ? "before, " + iovolc.spanText(before) : "after, " + iovolc.spanText(epoch));
    byId("compare-text").textContent = text;
  }
})();
