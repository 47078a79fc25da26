/* The two ways to see Io, for pixels (own code, quick) and for lines (d3-geo, which clips and bends them). */
"use strict";
(function () {
  const RAD = Math.PI / 180;

  /* An angle whose tangent is y / x, to 1e-5 radians: a pixel of the finest map is a hundred times wider. */
  function angle(y, x) {
    const ax = Math.abs(x),
      ay = Math.abs(y),
      most = Math.max(ax, ay);
    if (most === 0) return 0;
    const t = Math.min(ax, ay) / most,
      s = t * t;
    let a =
      ((((-0.0117212 * s + 0.05265332) * s - 0.11643287) * s + 0.19354346) * s - 0.33262347) * s * t + 0.99997726 * t;
    if (ay > ax) a = Math.PI / 2 - a;
    if (x < 0) a = Math.PI - a;
    return y < 0 ? -a : a;
  }

  /* The globe from afar: orthographic. */
  iovolc.globe = function (width, height, { lon, lat, zoom }) {
    const radius = (Math.min(width, height) / 2 - 4) * zoom;
    const cx = width / 2,
      cy = height / 2;
    const sin0 = Math.sin(lat * RAD),
      cos0 = Math.cos(lat * RAD);
    const lines = d3
      .geoOrthographic()
      .rotate([-lon, -lat])
      .scale(radius)
      .translate([cx, cy])
      .clipAngle(90)
      .precision(0.5);
    lines.clipExtent([
      [-2, -2],
      [width + 2, height + 2],
    ]);
    return {
      lines,
      radius,
      perDegree: radius * RAD,
      reach: zoom <= 1 ? 90 : Math.min(90, Math.asin(Math.min(1, Math.hypot(cx, cy) / radius)) / RAD),
      project(toLon, toLat) {
        const away = (toLon - lon) * RAD,
          phi = toLat * RAD;
        const cosPhi = Math.cos(phi),
          sinPhi = Math.sin(phi),
          cosAway = Math.cos(away);
        if (sin0 * sinPhi + cos0 * cosPhi * cosAway < 0.02) return null;
        return [cx + radius * cosPhi * Math.sin(away), cy - radius * (cos0 * sinPhi - sin0 * cosPhi * cosAway)];
      },
      invert(px, py) {
        const x = (px - cx) / radius,
          y = (cy - py) / radius,
          rest = 1 - x * x - y * y;
        if (rest < 0) return null;
        const z = Math.sqrt(rest);
        return [iovolc.eastOf(lon + Math.atan2(x, z * cos0 - y * sin0) / RAD), Math.asin(y * cos0 + z * sin0) / RAD];
      },
      /* For every pixel of a picture `step` times as coarse: place in a map from 0 to 1; -1 beside the globe. */
      places(cols, rows, step, u, v) {
        const startLon = lon / 360 + 1.5,
          turn = 1 / (2 * Math.PI);
        for (let row = 0, at = 0; row < rows; row++) {
          const y = (cy - (row + 0.5) * step) / radius,
            a = y * cos0,
            b = -y * sin0,
            left = 1 - y * y;
          for (let col = 0; col < cols; col++, at++) {
            const x = ((col + 0.5) * step - cx) / radius,
              rest = left - x * x;
            if (rest < 0) {
              v[at] = -1;
              continue;
            }
            const z = Math.sqrt(rest),
              up = a + z * sin0,
              ahead = b + z * cos0;
            const east = startLon + angle(x, ahead) * turn;
            u[at] = east - Math.floor(east);
            v[at] = 0.5 - angle(up, Math.sqrt(x * x + ahead * ahead)) / Math.PI;
          }
        }
      },
    };
  };

  /* The flat map: equirectangular, as many pixels per degree everywhere. */
  iovolc.flat = function (width, height, { lon, lat, zoom }) {
    const per = Math.min(width / 360, height / 180) * zoom;
    const middle = iovolc.flatMiddle(height, per, lat);
    const cx = width / 2,
      cy = height / 2;
    const lines = d3
      .geoEquirectangular()
      .rotate([-lon, 0])
      .scale(per / RAD)
      .translate([cx, cy + middle * per])
      .precision(0.5);
    lines.clipExtent([
      [-2, -2],
      [width + 2, height + 2],
    ]);
    return {
      lines,
      perDegree: per,
      reach: Math.min(180, Math.hypot(cx, cy) / per),
      project(toLon, toLat) {
        const x = cx + iovolc.eastOf(toLon - lon) * per,
          y = cy - (toLat - middle) * per;
        return x < -20 || x > width + 20 || y < -20 || y > height + 20 ? null : [x, y];
      },
      invert(px, py) {
        const away = (px - cx) / per,
          toLat = middle - (py - cy) / per;
        return Math.abs(away) > 180 || Math.abs(toLat) > 90 ? null : [iovolc.eastOf(lon + away), toLat];
      },
      places(cols, rows, step, u, v) {
        const across = new Float32Array(cols);
        for (let col = 0; col < cols; col++) {
          const away = ((col + 0.5) * step - cx) / per,
            east = (lon + away) / 360 + 1.5;
          across[col] = Math.abs(away) > 180 ? -1 : east - Math.floor(east);
        }
        for (let row = 0, at = 0; row < rows; row++) {
          const down = 0.5 - (middle - ((row + 0.5) * step - cy) / per) / 180;
          const there = down >= 0 && down < 1;
          for (let col = 0; col < cols; col++, at++) {
            u[at] = across[col];
            v[at] = there && across[col] >= 0 ? down : -1;
          }
        }
      },
    };
  };

  /* The latitude in the middle of the flat map: its own, unless that would show what lies beyond a pole. */
  iovolc.flatMiddle = function (height, per, lat) {
    const most = Math.max(0, 90 - height / 2 / per);
    return iovolc.clamp(lat, -most, most);
  };

  const CHORD = 2;
  iovolc.awayDegrees = function (lonA, latA, lonB, latB) {
    const sinLat = Math.sin(((latA - latB) * RAD) / CHORD),
      sinLon = Math.sin(((lonA - lonB) * RAD) / CHORD);
    const chord = sinLat * sinLat + Math.cos(latA * RAD) * Math.cos(latB * RAD) * sinLon * sinLon;
    return (2 * Math.asin(Math.min(1, Math.sqrt(chord)))) / RAD;
  };
})();
