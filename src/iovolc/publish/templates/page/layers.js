/* What the maps can show, and in which colours: every kind of layer gives a source, that is codes with a colour each. */
"use strict";
(function () {
  const KINDS = {
    base: ["Base map", "A map for orientation. It is no observation of this run."],
    latest: [
      "As last seen",
      "At every place the newest look up to the time shown (of the last ten looks of the channel), in one light. Move the time to see Io change.",
    ],
    value: [
      "Brightness of one look",
      "What the epoch shows, in the light and tone of all others. Grey from dark to bright.",
    ],
    difference: [
      "Change (log-ratio)",
      "The epoch against all before it, as change of ln albedo, or of rank where pictures were no measurements. Orange: darker; purple: brighter; white: no change.",
    ],
    z: [
      "Significance",
      "The change over its uncertainty. Single pixels beyond ±4 are rare by chance; events are larger than pixels.",
    ],
    coverage: [
      "Coverage",
      "What the epoch saw, and where an earlier epoch allowed a comparison. Where nothing was compared, no event does not mean no change.",
    ],
    reach: ["Completeness", "Where a change of the chosen size and strength would have been found in this epoch."],
    all: [
      "Completeness, all epochs",
      "Where such a change would have been found in at least one comparison of the whole run.",
    ],
  };
  iovolc.kinds = KINDS;

  /* Colours of the three answers, told apart by lightness as well as by hue. */
  iovolc.answers = [
    ["found 9 times in 10", [0, 90, 130]],
    ["found about every second time", [86, 180, 233]],
    ["would have been missed", [230, 159, 0]],
    ["not compared", null],
  ];
  iovolc.coverages = [
    ["compared", [0, 90, 130]],
    ["seen, nothing to compare with", [230, 159, 0]],
    ["not seen", null],
  ];

  const rgba = ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;

  iovolc.colourTable = function (kind) {
    const text = iovolc.index.colours[kind];
    return Array.from({ length: 256 }, (_, i) =>
      [0, 2, 4].map((at) => parseInt(text.slice(6 * i + at, 6 * i + at + 2), 16)),
    );
  };

  /* The colour of every code of a layer; 0 lets the base map through. */
  const palettes = new Map();
  function palette(layer, kind, [dark, bright]) {
    const key = [layer.name, layer.low, layer.high, dark, bright].join();
    if (palettes.has(key)) return palettes.get(key);
    const table = iovolc.colourTable(kind),
      colours = new Uint32Array(256);
    for (let code = 1; code < 256; code++) {
      const level = (iovolc.valueOf(layer, code) - dark) / (bright - dark);
      colours[code] = rgba(table[iovolc.clamp(Math.round(255 * level), 0, 255)]);
    }
    palettes.set(key, colours);
    return colours;
  }

  iovolc.palette = palette;
  iovolc.valueOf = (layer, code) => layer.low + ((code - 1) / 254) * (layer.high - layer.low);

  iovolc.codeOf = (layer, value) =>
    1 + Math.round(254 * iovolc.clamp((value - layer.low) / (layer.high - layer.low), 0, 1));
  iovolc.layerOf = (kind, epoch) =>
    kind === "base"
      ? iovolc.index.base
      : !epoch
        ? null
        : kind === "latest"
          ? iovolc.latestLayer(epoch)
          : epoch.layers[kind] || null;

  function hexColour(text) {
    return [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  }

  /* The base map: grey by itself; below other layers so blue and pale that nobody takes it for data. */
  let bases = null;
  iovolc.baseSource = function (below) {
    const layer = iovolc.index.base;
    const veil = hexColour(iovolc.index.no_data);
    if (!layer) return { codes: new Uint8Array(2), rows: 1, cols: 2, colours: new Uint32Array(256).fill(rgba(veil)) };
    if (!bases) {
      const grey = palette(layer, "value", layer.stretch),
        pale = new Uint32Array(256);
      grey[0] = pale[0] = rgba(veil);
      for (let code = 1; code < 256; code++) {
        const level = iovolc.clamp(
          (iovolc.valueOf(layer, code) - layer.stretch[0]) / (layer.stretch[1] - layer.stretch[0]),
          0,
          1,
        );
        pale[code] = rgba(veil.map((part) => Math.round(part * (0.72 + 0.28 * level))));
      }
      bases = { grey, pale };
    }
    return source(iovolc.surface(layer), below ? bases.pale : bases.grey);
  };

  function source(surface, colours) {
    return { codes: surface.codes, rows: surface.rows, cols: surface.cols, colours, surface };
  }

  /* The source of a kind of layer of an epoch; null where there is none. */
  iovolc.sourceOf = function (kind, epoch, stretch) {
    if (kind === "base") return iovolc.baseSource(false);
    if (kind === "latest") return iovolc.latestSource(epoch, stretch);
    if (kind === "coverage") return coverage(epoch);
    if (kind === "reach" || kind === "all") return iovolc.reachSource(kind, epoch);
    const layer = epoch && epoch.layers[kind];
    return layer ? source(iovolc.surface(layer), palette(layer, kind, stretch || layer.stretch)) : null;
  };

  /* Both sides of a comparison in the same colours, if they speak of the same quantity. */
  iovolc.commonStretch = function (kind, one, other) {
    const first = iovolc.layerOf(kind, one),
      second = iovolc.layerOf(kind, other);
    if (!first || !second || first.unit !== second.unit) return null;
    return [Math.min(first.stretch[0], second.stretch[0]), Math.max(first.stretch[1], second.stretch[1])];
  };

  const merged = new WeakMap();
  function coverage(epoch) {
    if (!epoch || !epoch.layers.value) return null;
    const seen = iovolc.surface(epoch.layers.value);
    const compared = epoch.layers.difference ? iovolc.surface(epoch.layers.difference) : null;
    const colours = new Uint32Array(256);
    colours[1] = rgba(iovolc.coverages[1][1]);
    colours[2] = rgba(iovolc.coverages[0][1]);
    const key = seen.codes;
    const told = [seen.waiting, compared && compared.waiting, compared && compared.level].join();
    let kept = merged.get(key);
    if (!kept || kept.told !== told) {
      const codes = new Uint8Array(seen.codes.length);
      const step = compared ? compared.cols / seen.cols : 1;
      for (let row = 0, at = 0; row < seen.rows; row++) {
        for (let col = 0; col < seen.cols; col++, at++) {
          if (compared && compared.codes[Math.floor(row * step) * compared.cols + Math.floor(col * step)])
            codes[at] = 2;
          else if (seen.codes[at]) codes[at] = 1;
        }
      }
      kept = { told, codes };
      merged.set(key, kept);
    }
    return { codes: kept.codes, rows: seen.rows, cols: seen.cols, colours, surface: seen };
  }

  iovolc.rgba = rgba;
})();
