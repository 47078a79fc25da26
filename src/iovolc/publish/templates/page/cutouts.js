/* Cut-outs before, after and difference of an event, drawn from the page's own maps where the run has no figure. */
"use strict";
(function () {
  const { make } = iovolc;
  const SIZE = 200;

  iovolc.cutouts = function (event, detail, words) {
    const { epochs } = iovolc.index;
    const after = epochs.find((epoch) => epoch.id === detail.after),
      before = epochs.find((epoch) => epoch.id === detail.before);
    const half = iovolc.clamp(1.25 * event.diameter_km, 80, 1500);
    const zoom = iovolc.index.radius_km / half;
    const stretch = iovolc.commonStretch("value", before, after);
    const panels = [
      ["Before", "value", before],
      ["After", "value", after],
      ["Difference", "difference", after],
    ];
    const drawn = panels.map(([title, kind, epoch]) => {
      const canvas = make("canvas", { width: SIZE, height: SIZE, role: "img", "aria-label": title + ": " + words });
      const painter = new iovolc.Painter(),
        view = { lon: event.lon_e, lat: event.lat, zoom };
      const projection = iovolc.globe(SIZE, SIZE, view);
      const draw = () => {
        const source = iovolc.sourceOf(kind, epoch, kind === "value" ? stretch : null);
        if (source && source.surface)
          source.surface.need(projection.perDegree, event.lon_e, event.lat, projection.reach);
        const base = iovolc.baseSource(true);
        const nothing = { codes: new Uint8Array(2), rows: 1, cols: 2, colours: new Uint32Array(256) };
        const pen = canvas.getContext("2d");
        pen.drawImage(
          painter.paint(projection, view, { width: SIZE, height: SIZE, step: 1 }, { shown: source || nothing, base }),
          0,
          0,
        );
        Object.assign(pen, { strokeStyle: "#ffe14d", lineWidth: 1.4 });
        pen.beginPath();
        d3.geoPath(projection.lines, pen)({ type: "MultiLineString", coordinates: detail.outline });
        pen.stroke();
      };
      iovolc.whenNews(canvas, draw);
      const date = epoch ? iovolc.spanText(epoch) : "no map";
      return make(
        "figure",
        { class: "cutout" },
        canvas,
        make("figcaption", {}, title + (kind === "value" ? ": " + date : ": after minus all before")),
      );
    });
    return [
      make("div", { class: "cutouts" }, ...drawn),
      make(
        "p",
        { class: "small" },
        Math.round(2 * half) +
          " km from edge to edge, north up, from the maps of this page (coarser than the rasters). The outline is its footprint.",
      ),
    ];
  };
})();
