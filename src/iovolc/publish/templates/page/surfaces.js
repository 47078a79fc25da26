/* Maps in memory: a layer's codes (0: no data; 1 to 255) over the whole globe, as fine as has been asked for.
 *
 * A surface starts with its coarsest level and is refined tile by tile, where somebody looks. */
"use strict";
(function () {
  const surfaces = new Map();
  const KEPT = 24; // the least recently used ones are forgotten

  /* Bytes of a packed text: base64, zlib, differences. */
  iovolc.unpack = (text) => iovolc.counted(unpack(text));

  async function unpack(text) {
    const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    const codes = new Uint8Array(await new Response(stream).arrayBuffer());
    for (let i = 1; i < codes.length; i++) codes[i] += codes[i - 1];
    return codes;
  }

  /* The surface of a layer of the index; iovolc.news is called whenever a part of it has come. */
  iovolc.surface = function (layer) {
    let found = surfaces.get(layer.name);
    if (found) surfaces.delete(layer.name);
    else found = new Surface(layer);
    surfaces.set(layer.name, found);
    if (surfaces.size > KEPT) surfaces.delete(surfaces.keys().next().value);
    return found;
  };

  class Surface {
    constructor(layer) {
      this.layer = layer;
      this.level = -1;
      this.asked = new Set();
      this.waiting = 0;
      this.arrived = 0; // tiles that have come
      this.grow(0);
      this.ask(0, () => true);
    }

    /* Makes room for a finer level, filled with what is known. */
    grow(level) {
      const { rows, cols } = this.layer.levels[level];
      const codes = new Uint8Array(rows * cols);
      if (this.level >= 0) {
        for (let row = 0; row < rows; row++) {
          const from = Math.floor((row * this.rows) / rows) * this.cols;
          for (let col = 0; col < cols; col++)
            codes[row * cols + col] = this.codes[from + Math.floor((col * this.cols) / cols)];
        }
      }
      Object.assign(this, { codes, rows, cols, level });
    }

    /* Asks for what `perDegree` pixels need within a distance (degrees) of a place. */
    need(perDegree, lon, lat, reach) {
      const levels = this.layer.levels;
      let level = 0;
      while (level < levels.length - 1 && levels[level].cols / 360 < perDegree) level++;
      if (level > this.level) this.grow(level);
      level = this.level;
      const near = (middle, half, centre, period) => {
        let away = Math.abs(middle - centre);
        if (period) away = Math.min(away, 360 - away);
        return away <= half + reach;
      };
      this.ask(
        level,
        (box) =>
          near(box.lat, box.halfLat, lat) &&
          (reach > 60 || Math.abs(lat) + reach > 80 || near(box.lon, box.halfLon, lon, true)),
      );
    }

    ask(level, wanted) {
      const [high, wide] = iovolc.index.tile;
      const { rows, cols, there } = this.layer.levels[level];
      const across = Math.ceil(cols / wide);
      for (let number = 0; number < there.length; number++) {
        if (there[number] === "0" || this.asked.has(level + "_" + number)) continue;
        const top = Math.floor(number / across) * high,
          left = (number % across) * wide;
        const tall = Math.min(high, rows - top),
          broad = Math.min(wide, cols - left);
        const box = {
          lat: 90 - ((top + tall / 2) * 180) / rows,
          halfLat: (tall * 90) / rows,
          lon: -180 + ((left + broad / 2) * 360) / cols,
          halfLon: (broad * 180) / cols,
        };
        if (wanted(box)) this.fetch(level, number, { top, left, tall, broad });
      }
    }

    async fetch(level, number, { top, left, tall, broad }) {
      this.asked.add(level + "_" + number);
      this.waiting++;
      const text = await iovolc.load(this.layer.name + "_" + level + "_" + number);
      const codes = text === null ? null : await iovolc.unpack(text);
      this.waiting--;
      this.arrived++;
      if (codes && level === this.level) {
        for (let row = 0; row < tall; row++) {
          this.codes.set(codes.subarray(row * broad, (row + 1) * broad), (top + row) * this.cols + left);
        }
      } else if (codes && level < this.level) this.spread(codes, level, top, left, tall, broad);
      iovolc.news();
    }

    /* A coarse tile that came late: it fills what finer ones have not. */
    spread(codes, level, top, left, tall, broad) {
      const step = this.cols / this.layer.levels[level].cols;
      for (let row = Math.round(top * step); row < (top + tall) * step; row++) {
        for (let col = Math.round(left * step); col < (left + broad) * step; col++) {
          const at = row * this.cols + col;
          if (this.codes[at] === 0)
            this.codes[at] = codes[(Math.floor(row / step) - top) * broad + Math.floor(col / step) - left];
        }
      }
    }

    codeAt(lon, lat) {
      const row = iovolc.clamp(Math.floor(((90 - lat) / 180) * this.rows), 0, this.rows - 1);
      const col = Math.floor(((iovolc.eastOf(lon) + 180) / 360) * this.cols) % this.cols;
      return this.codes[row * this.cols + col];
    }
  }
})();
