/* Io as it was last seen at a time: at every place the newest of the looks up to then, in one channel. */
"use strict";
(function () {
  const MOST = 10; // looks that are laid on each other: more would have to be loaded first
  const FINEST = 1440;
  const kept = new Map();

  /* The looks up to an epoch that have a map in its unit, newest first. */
  function looksUpTo(epoch) {
    const { epochs } = iovolc.index,
      last = epochs.indexOf(epoch),
      layer = epoch.layers.value;
    const mine = epochs.filter(
      (other, number) => number <= last && other.channel === epoch.channel && other.layers.value,
    );
    const unit = (layer || (mine.length ? mine[mine.length - 1].layers.value : { unit: "" })).unit;
    return mine
      .filter((other) => other.layers.value.unit === unit)
      .slice(-MOST)
      .reverse();
  }

  iovolc.latestSource = function (epoch, stretch) {
    if (!epoch) return null;
    const looks = looksUpTo(epoch);
    if (!looks.length) return null;
    const surfaces = looks.map((look) => iovolc.surface(look.layers.value));
    const layer = iovolc.latestLayer(epoch),
      cols = Math.min(FINEST, Math.max(...surfaces.map((surface) => surface.cols))),
      rows = cols / 2;
    const told = [cols, ...surfaces.map((surface) => surface.layer.name + surface.arrived)].join();
    let found = kept.get(epoch);
    if (!found || found.told !== told) {
      found = { told, codes: laid(surfaces, layer, rows, cols) };
      if (kept.size > 6) kept.clear();
      kept.set(epoch, found);
    }
    // The coarsest maps of all looks are enough for the whole globe.
    const need = (...what) => iovolc.state.zoom > 1.2 && surfaces.forEach((surface) => surface.need(...what));
    return {
      codes: found.codes,
      rows,
      cols,
      colours: iovolc.palette(layer, "value", stretch || layer.stretch),
      surface: { need },
      layer,
    };
  };

  /* The common scale of the looks: what all their colours span. */
  iovolc.latestLayer = function (epoch) {
    const layers = looksUpTo(epoch).map((look) => look.layers.value);
    if (!layers.length) return null;
    const low = Math.min(...layers.map(({ stretch }) => stretch[0])),
      high = Math.max(...layers.map(({ stretch }) => stretch[1]));
    return { name: "latest", low, high, stretch: [low, high], unit: layers[0].unit };
  };

  function laid(surfaces, layer, rows, cols) {
    const codes = new Uint8Array(rows * cols);
    for (const surface of surfaces) {
      const recoded = Uint8Array.from(
        { length: 256 },
        (_, code) => code && iovolc.codeOf(layer, iovolc.valueOf(surface.layer, code)),
      );
      const step = surface.cols / cols;
      for (let row = 0, at = 0; row < rows; row++) {
        const from = Math.floor((row + 0.5) * step) * surface.cols;
        for (let col = 0; col < cols; col++, at++) {
          if (codes[at] === 0) codes[at] = recoded[surface.codes[from + Math.floor((col + 0.5) * step)]];
        }
      }
    }
    return codes;
  }
})();
