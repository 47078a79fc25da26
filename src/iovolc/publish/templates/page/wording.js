/* Places, days and numbers as texts. Longitudes are east-positive inside and shown in the sense the reader chose. */
"use strict";
(function () {
  const THIN = "\u202f";

  iovolc.latText = function (lat, digits = 1) {
    const size = Math.abs(lat).toFixed(digits);
    return size + "°" + (Number(size) === 0 ? "" : lat > 0 ? " N" : " S");
  };

  iovolc.lonText = function (lon, sense, digits = 1) {
    if (sense === "w") return ((360 - iovolc.eastOf(lon)) % 360).toFixed(digits) + "° W";
    const east = Number(iovolc.eastOf(lon).toFixed(digits));
    return (east === 0 ? 0 : east === -180 ? 180 : east).toFixed(digits) + "° E";
  };

  iovolc.placeText = (lat, lon, sense, digits) =>
    iovolc.latText(lat, digits) + ", " + iovolc.lonText(lon, sense, digits);

  iovolc.quantity = function (value) {
    if (value === null || !isFinite(value)) return "–";
    const rounded = Number(value.toPrecision(3));
    if (Math.abs(rounded) < 100) return String(rounded);
    return String(Math.round(rounded)).replace(/\B(?=(\d{3})+$)/g, THIN);
  };

  iovolc.withSigma = (value, sigma, unit) =>
    iovolc.quantity(value) +
    (sigma === null || sigma === undefined ? "" : "\u00a0±\u00a0" + iovolc.quantity(sigma)) +
    " " +
    unit;

  iovolc.onsetText = function (after, before) {
    if (after && before) return after + " to " + before;
    return before ? "before " + before : after ? "after " + after : "not claimed";
  };

  iovolc.spanText = (epoch) =>
    epoch.start.slice(0, 10) === epoch.stop.slice(0, 10)
      ? epoch.start.slice(0, 10)
      : epoch.start.slice(0, 10) + " to " + epoch.stop.slice(0, 10);

  iovolc.epochText = (epoch) => iovolc.spanText(epoch) + (epoch.source ? ", " + epoch.source : "");

  iovolc.timeOf = (text) => Date.parse(text.length === 10 ? text + "T00:00Z" : text.replace(/Z$/, "") + "Z");
})();
