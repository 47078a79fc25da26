/* The pixels of a map: for every pixel the place it shows, and for the place the colour of the layer there. */
"use strict";
(function () {
  iovolc.Painter = class {
    constructor() {
      this.canvas = document.createElement("canvas");
      this.key = "";
    }

    /* Paints and gives the picture.
     * size: width and height in CSS pixels and `step`, CSS pixels per painted pixel; `swipe`: share of the width that
     * shows `other` instead of `shown`; base: what lies below both. */
    paint(projection, view, { width, height, step }, { shown, other, base, swipe }) {
      const cols = Math.max(1, Math.round(width / step)),
        rows = Math.max(1, Math.round(height / step));
      const key = [cols, rows, step, view.lon, view.lat, view.zoom].join();
      if (this.canvas.width !== cols || this.canvas.height !== rows || !this.image) {
        Object.assign(this.canvas, { width: cols, height: rows });
        this.context = this.canvas.getContext("2d");
        this.image = this.context.createImageData(cols, rows);
        this.out = new Uint32Array(this.image.data.buffer);
        this.u = new Float32Array(cols * rows);
        this.v = new Float32Array(cols * rows);
      }
      if (key !== this.key) projection.places(cols, rows, step, this.u, this.v);
      this.key = key;
      const edge = other ? iovolc.clamp(Math.round(swipe * cols), 0, cols) : 0;
      for (let row = 0; row < rows; row++) {
        if (edge) this.run(other, base, row * cols, row * cols + edge);
        this.run(shown || base, base, row * cols + edge, (row + 1) * cols);
      }
      this.context.putImageData(this.image, 0, 0);
      return this.canvas;
    }

    run(source, base, from, to) {
      const { u, v, out } = this;
      const { codes, rows, cols, colours } = source;
      const below = base.codes,
        belowRows = base.rows,
        belowCols = base.cols,
        belowColours = base.colours;
      for (let at = from; at < to; at++) {
        const down = v[at],
          across = u[at];
        if (down < 0) {
          out[at] = 0;
          continue;
        }
        let colour = colours[codes[((down * rows) | 0) * cols + ((across * cols) | 0)]];
        if (colour === 0)
          colour = belowColours[below[((down * belowRows) | 0) * belowCols + ((across * belowCols) | 0)]];
        out[at] = colour;
      }
    }
  };
})();
