/* Globe and flat map: two views of one scene, turned together by pointer, wheel and keys. */
"use strict";
(function () {
  const views = [];
  const scene = { events: [], spots: [], chosen: null, outline: null, pointed: null, moving: false };
  const QUICK_MS = 13; // a frame longer than this is painted coarser while the map moves
  iovolc.scene = scene;
  iovolc.frames = []; // milliseconds of the last frames, for the benchmark

  class View {
    constructor(canvas, projection) {
      this.canvas = canvas;
      this.pen = canvas.getContext("2d");
      this.make = projection;
      this.painter = new iovolc.Painter();
      this.hits = [];
      this.coarse = 1;
      this.draw = iovolc.oncePerFrame(() => this.frame());
      new ResizeObserver(() => this.draw()).observe(canvas);
      steer(this);
    }

    get size() {
      return { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
    }

    frame() {
      const { width, height } = this.size;
      if (!width || !height) return;
      const start = performance.now(),
        scale = Math.min(2, devicePixelRatio || 1);
      if (this.canvas.width !== Math.round(width * scale) || this.canvas.height !== Math.round(height * scale)) {
        this.canvas.width = Math.round(width * scale);
        this.canvas.height = Math.round(height * scale);
      }
      const view = iovolc.state,
        projection = (this.projection = this.make(width, height, view));
      const step = (scene.moving ? this.coarse : 1) / Math.min(1.5, scale);
      const sources = iovolc.sources();
      for (const source of [sources.shown, sources.other, sources.base]) {
        if (source && source.surface)
          source.surface.need(projection.perDegree * Math.min(1.5, scale) * 0.75, view.lon, view.lat, projection.reach);
      }
      this.pen.setTransform(scale, 0, 0, scale, 0, 0);
      this.pen.clearRect(0, 0, width, height);
      this.pen.imageSmoothingEnabled = step > 1;
      const picture = this.painter.paint(projection, view, { width, height, step }, sources);
      this.pen.drawImage(picture, 0, 0, width, height);
      scene.pointed = pointedPlace();
      this.hits = iovolc.drawMarks(this.pen, projection, { width, height }, scale, scene);
      if (sources.other && view.mode === "swipe") this.edge(width, height, view.swipe);
      if (pointer && pointer.view === this) tellPointed(this);
      const took = performance.now() - start;
      iovolc.frames.push(took);
      if (iovolc.frames.length > 400) iovolc.frames.shift();
      if (scene.moving)
        this.coarse = took > QUICK_MS ? Math.min(3, this.coarse * 1.3) : Math.max(1, this.coarse / 1.05);
    }

    edge(width, height, swipe) {
      Object.assign(this.pen, { strokeStyle: "#ffffff", lineWidth: 2 });
      this.pen.beginPath();
      this.pen.moveTo(swipe * width, 0);
      this.pen.lineTo(swipe * width, height);
      this.pen.stroke();
    }
  }

  iovolc.startMaps = function () {
    views.push(new View(iovolc.byId("globe"), iovolc.globe), new View(iovolc.byId("flat"), iovolc.flat));
    iovolc.listen(
      [
        "lon",
        "lat",
        "zoom",
        "kind",
        "epoch",
        "before",
        "mode",
        "swipe",
        "size",
        "contrast",
        "rank",
        "grid",
        "names",
        "marks",
        "sense",
      ],
      iovolc.redraw,
    );
    redraw();
  };
  iovolc.mapViews = views;

  const redraw = () => views.forEach((view) => view.draw());
  iovolc.redraw = redraw;

  let rest = 0;
  function moved(patch) {
    scene.moving = true;
    clearTimeout(rest);
    rest = setTimeout(() => ((scene.moving = false), redraw()), 160);
    iovolc.set(patch);
  }

  iovolc.turn = function (east, north) {
    moved({ lon: iovolc.eastOf(iovolc.state.lon + east), lat: iovolc.clamp(iovolc.state.lat + north, -90, 90) });
  };
  iovolc.zoomBy = (factor) => moved({ zoom: iovolc.clamp(iovolc.state.zoom * factor, 1, 16) });
  iovolc.lookAt = (lon, lat, zoom) =>
    iovolc.set({ lon: iovolc.eastOf(lon), lat: iovolc.clamp(lat, -90, 90), zoom: zoom || iovolc.state.zoom });

  function steer(view) {
    const { canvas } = view,
      held = new Map();
    let travelled = 0,
      apart = 0;
    const inside = (event) => {
      const box = canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    canvas.addEventListener("pointerdown", (event) => {
      held.set(event.pointerId, inside(event));
      canvas.setPointerCapture(event.pointerId);
      if (held.size === 1) travelled = 0;
      apart = 0;
    });
    canvas.addEventListener("pointermove", (event) => {
      const now = inside(event),
        was = held.get(event.pointerId);
      if (!was) return iovolc.pointAt(view, now);
      held.set(event.pointerId, now);
      if (held.size === 2) return pinch();
      travelled += Math.hypot(now[0] - was[0], now[1] - was[1]);
      if (travelled < 4) return;
      const per = view.projection.perDegree;
      const wide = view.make === iovolc.globe ? Math.max(0.25, Math.cos((iovolc.state.lat * Math.PI) / 180)) : 1;
      iovolc.turn((was[0] - now[0]) / per / wide, (now[1] - was[1]) / per);
    });
    function pinch() {
      const [one, two] = [...held.values()],
        now = Math.hypot(one[0] - two[0], one[1] - two[1]);
      if (apart) iovolc.zoomBy(now / apart);
      apart = now;
      travelled = 99;
    }
    const release = (event) => {
      if (held.delete(event.pointerId) && event.type === "pointerup" && travelled < 4)
        iovolc.choose(view, ...inside(event));
    };
    canvas.addEventListener("pointerup", release);
    canvas.addEventListener("pointercancel", release);
    canvas.addEventListener("pointerleave", () => iovolc.pointAt(view, null));
    canvas.addEventListener("blur", () => iovolc.pointAt(view, null));
    canvas.addEventListener(
      "wheel",
      (event) => {
        if (document.activeElement !== canvas && !event.ctrlKey) return; // else the page could not be scrolled
        event.preventDefault();
        iovolc.zoomBy(Math.exp(-iovolc.clamp(event.deltaY, -120, 120) / 400));
      },
      { passive: false },
    );
  }

  /* Points at a spot of a map, in CSS pixels, or no longer at any: its place is marked in both maps and told in words,
   * anew with every frame, since the map may turn below the pointer and show another layer. */
  let pointer = null;
  iovolc.pointAt = function (view, at) {
    if (!at && !pointer) return;
    pointer = at && { view, at };
    if (!pointer) tellPointed(view);
    redraw();
  };

  function pointedPlace() {
    if (!pointer) return null;
    const { width, height } = pointer.view.size;
    return pointer.view.make(width, height, iovolc.state).invert(...pointer.at);
  }

  function tellPointed(view) {
    const line = iovolc.byId("readout"),
      hit = pointer && iovolc.nearestHit(view.hits, ...pointer.at),
      text = pointer && scene.pointed ? iovolc.readout(scene.pointed, hit) : line.dataset.idle;
    view.canvas.style.cursor = hit ? "pointer" : "";
    if (line.textContent !== text) line.textContent = text;
  }

  /* A click, or Enter in the middle: the mark there, or else the place itself. */
  iovolc.choose = function (view, x, y) {
    const hit = iovolc.nearestHit(view.hits, x, y);
    if (hit && hit.event) return iovolc.set({ event: hit.event.event_id, spot: "", place: "" });
    if (hit) return iovolc.set({ spot: hit.spot.site_id, event: "", place: "" });
    const place = view.projection.invert(x, y);
    if (place) iovolc.set({ place: place[1].toFixed(1) + "," + place[0].toFixed(1), event: "", spot: "" });
  };
})();
