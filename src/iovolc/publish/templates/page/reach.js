/* Where and when a change of a chosen size and strength could have been seen. */
"use strict";
(function () {
  const { make, makeSvg } = iovolc;
  const NEVER = 255,
    LAST = 253;
  const LANE = 64; // room for the names of channels
  const planes = new Map(); // unpacked, by file and size
  const sources = new Map();

  const told = (number) => iovolc.index.reach && iovolc.index.reach.epochs.find((one) => one.epoch === number);
  iovolc.isRanked = (number) => Boolean((told(number) || {}).relative);

  /* The code of a contrast, not rounded. */
  function codeOf(contrast) {
    const { low, high } = iovolc.index.reach;
    return 1 + (Math.log(contrast / low) * LAST) / Math.log(high / low);
  }

  iovolc.reachSource = function (kind, epoch) {
    const { reach } = iovolc.index,
      { size, state } = { size: iovolc.state.size, state: iovolc.state };
    if (!reach) return null;
    const one = kind === "all" ? null : told(iovolc.index.epochs.indexOf(epoch));
    if (kind !== "all" && !one) return null;
    const ranked = one ? one.relative : !reach.kinds.includes("albedo");
    const file = one ? "reach/e" + String(one.epoch).padStart(4, "0") : "reach/all_" + (ranked ? "rank" : "albedo");
    const contrast = ranked ? state.rank : state.contrast;
    const key = [file, size, contrast].join();
    if (sources.has(key)) return sources.get(key);
    const half = planeOf(file, one ? [size] : [0, size]),
      sure = one ? half : planeOf(file, [1, size]);
    if (!half || !sure) return null;
    const now = codeOf(contrast),
      factor = one && one.sure[size];
    const later = one ? (factor ? (Math.log(factor) * LAST) / Math.log(reach.high / reach.low) : Infinity) : 0;
    const codes = half.map((code, at) =>
      code === 0 ? 0 : sure[at] !== NEVER && now >= sure[at] + later ? 1 : code !== NEVER && now >= code ? 2 : 3,
    );
    const colours = new Uint32Array(256);
    for (const code of [1, 2, 3]) colours[code] = iovolc.rgba(iovolc.answers[code - 1][1]);
    const source = { codes, rows: reach.rows, cols: reach.cols, colours };
    if (sources.size > 40) sources.clear();
    sources.set(key, source);
    return source;
  };

  /* A plane of a file, once it has come. */
  function planeOf(file, path) {
    const key = file + path;
    if (!planes.has(key)) {
      planes.set(key, null);
      iovolc.load(file).then(async (held) => {
        const packed = held && path.reduce((part, at) => part[at], held);
        if (packed) (planes.set(key, await iovolc.unpack(packed)), iovolc.news());
      });
    }
    return planes.get(key);
  }

  /* What all comparisons would have shown at a place: [{epoch, answer}], answer 0 to 3 as iovolc.answers. */
  iovolc.historyAt = async function (lat, lon) {
    const { reach } = iovolc.index,
      { state } = iovolc;
    if (!reach) return [];
    const perDegree = reach.cols / 360;
    const row = iovolc.clamp(Math.floor((90 - lat) * perDegree), 0, reach.rows - 1);
    const col = Math.floor((iovolc.eastOf(lon) + 180) * perDegree) % reach.cols;
    const across = Math.ceil(reach.cols / reach.block),
      number = Math.floor(row / reach.block) * across + Math.floor(col / reach.block);
    const high = Math.min(reach.block, reach.rows - Math.floor(row / reach.block) * reach.block);
    const wide = Math.min(reach.block, reach.cols - Math.floor(col / reach.block) * reach.block);
    const text = await iovolc.load("reach/b" + String(number).padStart(3, "0"));
    if (text === null) return [];
    const codes = await iovolc.unpack(text),
      inside = (row % reach.block) * wide + (col % reach.block);
    return reach.epochs.map((one, i) => {
      const code = codes[(i * reach.sizes.length + state.size) * high * wide + inside];
      const now = codeOf(one.relative ? state.rank : state.contrast),
        factor = one.sure[state.size];
      const later = factor ? (Math.log(factor) * LAST) / Math.log(reach.high / reach.low) : Infinity;
      const answer = code === 0 ? 3 : code !== NEVER && now >= code + later ? 0 : code !== NEVER && now >= code ? 1 : 2;
      return { epoch: iovolc.index.epochs[one.epoch], number: one.epoch, answer };
    });
  };

  /* The history of a place as a strip, and in words. */
  iovolc.historyParts = async function (lat, lon) {
    const looks = await iovolc.historyAt(lat, lon);
    if (!looks.length)
      return [make("p", {}, "Nothing is known of what could have been seen here: this run compared nothing.")];
    const { reach } = iovolc.index,
      { state } = iovolc;
    const spans = looks.map(({ epoch }) => [iovolc.timeOf(epoch.start), iovolc.timeOf(epoch.stop)]);
    const strength = reach.kinds
      .map((kind) =>
        kind === "albedo"
          ? Math.round(100 * state.contrast) + " % in albedo"
          : state.rank + " standard deviations of rank",
      )
      .join(" or ");
    const many = (answer) => looks.filter((look) => look.answer === answer).length;
    const seenSpans = spans.filter((_, i) => looks[i].answer < 2);
    const wide = iovolc.roomInDetail(),
      axis = iovolc.timeAxis(spans, wide, LANE);
    axis.gaps = seenSpans.length ? iovolc.timeAxis(seenSpans, wide, LANE).gaps : [];
    const channels = iovolc.index.channels.filter((channel) => looks.some(({ epoch }) => epoch.channel === channel));
    const bottom = 14 + 18 * channels.length;
    const order = looks.map((_, i) => i).sort((one, other) => looks[other].answer - looks[one].answer); // answers on top
    const marks = order.map((i) => {
      const { epoch, answer } = looks[i],
        x = axis.at((spans[i][0] + spans[i][1]) / 2),
        y = 14 + 18 * channels.indexOf(epoch.channel);
      return makeSvg(
        "circle",
        { class: "answer a" + answer, cx: x, cy: y, r: answer === 3 ? 2.5 : 6 },
        makeSvg("title", {}, iovolc.epochText(epoch) + " (" + epoch.channel + "): " + iovolc.answers[answer][0]),
      );
    });
    const labels = channels.map((channel, i) => makeSvg("text", { x: 2, y: 18 + 18 * i, class: "lane" }, channel));
    return [
      make(
        "p",
        {},
        "A change " +
          reach.sizes[state.size] +
          " km across and as strong as " +
          strength +
          " would have been found here 9 times in 10 in " +
          many(0) +
          " of " +
          looks.length +
          " comparisons, about every second time in " +
          many(1) +
          ", and missed in " +
          many(2) +
          "; " +
          many(3) +
          " did not reach this place.",
      ),
      makeSvg(
        "svg",
        {
          viewBox: "0 0 " + wide + " " + (bottom + 30),
          class: "strip",
          role: "img",
          "aria-label": "When a change could have been found at this place; the sentence above counts the answers.",
        },
        ...iovolc.axisParts(axis, 2, bottom),
        ...labels,
        ...marks,
      ),
      make(
        "p",
        { class: "small" },
        "Dark: found 9 times in 10; light: every second time; orange: missed; dots: not reached. Hatched: more than a year without a chance to see it. Size and strength are chosen under the layer “Completeness”.",
      ),
    ];
  };
})();
