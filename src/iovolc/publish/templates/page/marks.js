/* What lies on the maps beside pixels: events, hot spots, the chosen outline, names, and the lines of latitude and longitude. */
"use strict";
(function () {
  const sprites = new Map();
  const MOST_NAMES = 18,
    SMALLEST_NAMED = 500; // names on a map; km across times pixels per degree of a named feature
  const QUICK = 800; // so many marks are mere dots while the map moves
  const CROWD = 300; // more marks than this leave no room for names beside them

  /* The mark of an event or hot spot, drawn once: its shape says the same as its colour. */
  function sprite(shape, size, colour, scale) {
    const key = [shape, size, colour, scale].join();
    if (sprites.has(key)) return sprites.get(key);
    const canvas = document.createElement("canvas"),
      full = size + 6;
    canvas.width = canvas.height = Math.ceil(full * scale);
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    pen.translate(full / 2, full / 2);
    outline(pen, shape, size / 2);
    Object.assign(pen, { fillStyle: colour, strokeStyle: "#ffffff", lineWidth: 1.6, lineJoin: "round" });
    pen.fill();
    pen.stroke();
    sprites.set(key, { canvas, full });
    return sprites.get(key);
  }

  function outline(pen, shape, r) {
    pen.beginPath();
    if (shape === "B") pen.arc(0, 0, r, 0, 2 * Math.PI);
    else if (shape === "C") pen.rect(-0.85 * r, -0.85 * r, 1.7 * r, 1.7 * r);
    else if (shape === "A") (pen.moveTo(0, -1.1 * r), pen.lineTo(r, 0.8 * r), pen.lineTo(-r, 0.8 * r), pen.closePath());
    else
      (pen.moveTo(0, -1.2 * r),
        pen.lineTo(0.8 * r, 0),
        pen.lineTo(0, 1.2 * r),
        pen.lineTo(-0.8 * r, 0),
        pen.closePath());
  }

  /* Larger for larger events, and for larger maps. */
  const sizeOf = (diameter, width) =>
    2 * Math.round((4.5 + 0.012 * Math.min(600, diameter)) * iovolc.clamp(width / 600, 0.6, 1));

  /* Draws all marks; gives the places of those that can be chosen. */
  iovolc.drawMarks = function (pen, projection, size, scale, scene) {
    const { state } = iovolc,
      hits = [];
    const taken = []; // where texts stand
    for (const event of state.marks ? scene.events : []) {
      const at = projection.project(event.lon_e, event.lat);
      if (at) hits.push({ at, event });
    }
    const glows = [];
    for (const spot of state.marks ? scene.spots : []) {
      const at = projection.project(spot.lon_e, spot.lat);
      if (at) glows.push({ at, spot });
    }
    if (hits.length + glows.length < CROWD) taken.push(...[...hits, ...glows].map(({ at }) => [...at, 10]));
    if (state.grid) graticule(pen, projection, size, state, taken);
    if (scene.outline) ring(pen, projection, scene.outline);
    if (state.names) names(pen, projection, size, taken);
    if (hits.length > QUICK && scene.moving) dots(pen, hits);
    else {
      for (let i = hits.length - 1; i >= 0; i--) {
        const { at, event } = hits[i]; // the strongest last, so that they lie on top
        stamp(
          pen,
          sprite(event.tier, sizeOf(event.diameter_km, size.width), iovolc.index.tiers[event.tier], scale),
          at,
        );
      }
    }
    for (const { at } of glows) stamp(pen, sprite("spot", 10, "#e69f00", scale), at);
    hits.push(...glows);
    if (scene.chosen) halo(pen, projection.project(scene.chosen.lon_e, scene.chosen.lat), 15);
    if (scene.pointed) cross(pen, projection.project(...scene.pointed));
    return hits;
  };

  function stamp(pen, { canvas, full }, [x, y]) {
    pen.drawImage(canvas, x - full / 2, y - full / 2, full, full);
  }

  function dots(pen, hits) {
    for (const tier of "CBA") {
      pen.fillStyle = iovolc.index.tiers[tier];
      for (const { at, event } of hits) if (event.tier === tier) pen.fillRect(at[0] - 2, at[1] - 2, 4, 4);
    }
  }

  function doubled(pen, width, draw) {
    for (const [colour, wide] of [
      ["rgba(0,0,0,.75)", width + 2.4],
      ["#ffe14d", width],
    ]) {
      Object.assign(pen, { strokeStyle: colour, lineWidth: wide });
      draw();
    }
  }

  function halo(pen, at, radius) {
    if (!at) return;
    doubled(pen, 2, () => {
      pen.beginPath();
      pen.arc(at[0], at[1], radius, 0, 2 * Math.PI);
      pen.stroke();
    });
  }

  function cross(pen, at) {
    if (!at) return;
    doubled(pen, 1.2, () => {
      pen.beginPath();
      (pen.moveTo(at[0] - 9, at[1]), pen.lineTo(at[0] + 9, at[1]));
      (pen.moveTo(at[0], at[1] - 9), pen.lineTo(at[0], at[1] + 9));
      pen.stroke();
    });
  }

  /* Lines, not polygons: a ring's inside depends on its direction, a line's does not. */
  function ring(pen, projection, coordinates) {
    const path = d3.geoPath(projection.lines, pen);
    doubled(pen, 1.6, () => {
      pen.beginPath();
      path({ type: "MultiLineString", coordinates });
      pen.stroke();
    });
  }

  function graticule(pen, projection, { width, height }, state, taken) {
    const step = projection.perDegree > 12 ? 10 : 30;
    Object.assign(pen, { strokeStyle: "rgba(255,255,255,.35)", lineWidth: 0.8 });
    pen.beginPath();
    d3.geoPath(projection.lines, pen)(d3.geoGraticule().step([step, step]).stepMinor([step, step])());
    pen.stroke();
    const label = (text, lon, lat) => written(pen, text, projection.project(lon, lat), width, height, taken);
    pen.font = "11px system-ui, sans-serif";
    pen.textAlign = "center";
    const middle = projection.invert(width / 2, height / 2) || [state.lon, state.lat];
    const along = iovolc.clamp(Math.round(middle[1] / step) * step, -60, 60);
    const near = [0, -1, 1, -2, 2, -3, 3]; // where a mark lies in the way, another crossing is labelled
    for (let lon = -180; lon < 180; lon += step)
      near.some((k) => label(iovolc.lonText(lon, state.sense, 0), lon, iovolc.clamp(along + k * step, -60, 60)));
    const across = Math.round(middle[0] / step) * step;
    for (let lat = -90 + step; lat < 90; lat += step)
      if (lat !== along) near.some((k) => label(iovolc.latText(lat, 0), across + k * step, lat));
  }

  /* Writes a text where it fits and nothing is written yet. */
  function written(pen, text, at, width, height, taken) {
    const half = at ? pen.measureText(text).width / 2 + 3 : 0;
    if (at && taken.some(([x, y, other]) => Math.abs(x - at[0]) < half + other && Math.abs(y - at[1]) < 15))
      return false;
    if (!at || at[0] < half || at[0] > width - half || at[1] < 10 || at[1] > height - 6) return false;
    Object.assign(pen, { strokeStyle: "rgba(0,0,0,.7)", lineWidth: 2.6, fillStyle: "#ffffff", lineJoin: "round" });
    pen.strokeText(text, at[0], at[1] + 4);
    pen.fillText(text, at[0], at[1] + 4);
    taken.push([at[0], at[1], half]);
    return true;
  }

  /* The largest features first, as many as leave room for each other. */
  function names(pen, projection, { width, height }, taken) {
    pen.font = "italic 12px system-ui, sans-serif";
    pen.textAlign = "center";
    let many = 0;
    for (const [name, lat, lon, diameter] of iovolc.index.names) {
      if (many >= MOST_NAMES || diameter * projection.perDegree < SMALLEST_NAMED) break;
      if (written(pen, name, projection.project(lon, lat), width, height, taken)) many++;
    }
  }

  /* What lies nearest to a place of the canvas, within a finger's reach. */
  iovolc.nearestHit = function (hits, x, y, within = 16) {
    let best = null,
      least = within;
    for (const hit of hits) {
      const away = Math.hypot(hit.at[0] - x, hit.at[1] - y);
      if (away <= least) [best, least] = [hit, away];
    }
    return best;
  };

  iovolc.markOf = function (shape, colour) {
    const { canvas } = sprite(shape, 12, colour, 2);
    return iovolc.make("img", { src: canvas.toDataURL(), width: 18, height: 18, alt: "" });
  };
})();
