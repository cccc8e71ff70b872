// Line icons on a 20 × 20 grid, drawn for this page.
const PATHS = {
  hash: "M7.5 3 6 17M14 3l-1.5 14M3.5 7.5h14M2.5 12.5h14",
  lock: "M5.5 9h9v7.5h-9zM7.5 9V6.5a2.5 2.5 0 0 1 5 0V9",
  pin: "M7 3h6M8 3v5l-2.5 3.5h9L12 8V3M10 11.5V17",
  reply: "M3 4.5h14v9H9l-4 3.5v-3.5H3z",
  close: "M5 5l10 10M15 5 5 15",
  send: "M3.5 10h9M3.5 10 3 4l14 6-14 6 .5-6",
  moon: "M16 12.2A6.7 6.7 0 0 1 7.8 4 6.7 6.7 0 1 0 16 12.2z",
  sun: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M15.7 4.3l-1.1 1.1M5.4 14.6l-1.1 1.1",
  search: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M13 13l4 4",
  plus: "M10 4v12M4 10h12",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  down: "M10 4v12M5 11l5 5 5-5",
  file: "M5 2.5h6.5L15.5 6.5V17.5H5zM11.5 2.5v4h4",
  eye: "M2 10s3-5.5 8-5.5 8 5.5 8 5.5-3 5.5-8 5.5S2 10 2 10zM10 7.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4",
  archive: "M3 4h14v3.5H3zM4.5 7.5V16.5h11V7.5M8 10.5h4",
  more: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  image: "M3 4h14v12H3zM3 13l4-4 4 4 2-2 4 4M13 7.6h.01",
  back: "M12 4.5 6.5 10l5.5 5.5",
  house: "M3.5 9.5 10 3.5l6.5 6V16.5h-13zM8 16.5v-4.5h4v4.5",
  people: "M7.5 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5M2.5 16.5c0-3 2-5 5-5s5 2 5 5M13 5a2.3 2.3 0 0 1 0 4.5M14.5 12c2 .5 3 2.3 3 4.5",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
