// A signature drawn with pen, finger or mouse: whole numbers in a fixed box, drawn here as backoffice/signatures/strokes.py
// draws them. What is drawn is written into the hidden field after each stroke; a page that comes back draws it again.
const fine = 2;
const svgNames = "http://www.w3.org/2000/svg";

const breadthOf = (pressure) => 14 + Math.floor(pressure / 10) * 2;
const middle = (one, other) => [Math.floor((one[0] + other[0]) / 2), Math.floor((one[1] + other[1]) / 2)];

const curvesOf = (stroke) => {
  const points = stroke.map(([x, y]) => [fine * x, fine * y]);
  const breadths = stroke.map(([, , hard]) => breadthOf(hard));
  const [first, last] = [points[0], points[points.length - 1]];
  if (points.length === 1) return [[`M${first[0]} ${first[1]}h1`, breadths[0]]];
  const curves = [];
  let [here, breadth, path] = [first, breadths[0], `M${first[0]} ${first[1]}`];
  for (let at = 0; at < points.length - 1; at += 1) {
    const end = middle(points[at], points[at + 1]);
    if (breadths[at] !== breadth) {
      curves.push([path, breadth]);
      [breadth, path] = [breadths[at], `M${here[0]} ${here[1]}`];
    }
    path += `Q${points[at][0]} ${points[at][1]} ${end[0]} ${end[1]}`;
    here = end;
  }
  curves.push([`${path}L${last[0]} ${last[1]}`, breadth]);
  return curves;
};

document.querySelectorAll("[data-pad]").forEach((part) => {
  const [width, height, hardest, mostStrokes, mostPoints] = part.dataset.reach.split(" ").map(Number);
  const field = document.getElementById(part.dataset.pad);
  const pad = part.querySelector(".pad");
  const picture = pad.querySelector("svg");
  const said = part.querySelector("[role=status]");
  const box = picture.viewBox.baseVal;
  const nearest = 5; // points that are closer to the one before add nothing that one sees
  let strokes = [];
  let stroke = null;
  let holder = null;

  const draw = (group, points) => group.replaceChildren(...curvesOf(points).map(([path, breadth]) => {
    const line = document.createElementNS(svgNames, "path");
    line.setAttribute("d", path);
    line.setAttribute("stroke-width", breadth);
    return line;
  }));
  const show = (points) => {
    const group = picture.appendChild(document.createElementNS(svgNames, "g"));
    draw(group, points);
    return group;
  };
  const count = () => strokes.reduce((sum, each) => sum + each.length, 0);
  const keep = () => {
    field.value = strokes.length ? JSON.stringify(strokes.map((each) => each.flat())) : "";
    pad.setAttribute("aria-label", strokes.length ? part.dataset.filled : part.dataset.empty);
  };
  const redraw = () => {
    picture.replaceChildren();
    strokes.forEach(show);
    keep();
  };
  const read = () => {
    try {
      const flat = JSON.parse(field.value || "[]");
      strokes = flat.map((each) => Array.from({ length: each.length / 3 }, (_, at) => each.slice(3 * at, 3 * at + 3)));
    } catch {
      strokes = [];
    }
    if (strokes.length) redraw();
    else picture.replaceChildren();
  };

  const pointOf = (event) => {
    const area = picture.getBoundingClientRect();
    const within = (value, most) => Math.min(Math.max(Math.round(value), 0), most);
    // A mouse and most fingers do not tell how hard they press: the middle stands for them.
    const hard = event.pointerType === "pen" && event.pressure > 0 ? event.pressure : 0.5;
    return [
      within((box.x + ((event.clientX - area.left) / area.width) * box.width) / fine, width),
      within((box.y + ((event.clientY - area.top) / area.height) * box.height) / fine, height),
      within(hard * hardest, hardest),
    ];
  };
  const add = (event, always = false) => {
    const point = pointOf(event);
    const before = stroke.points[stroke.points.length - 1];
    const far = !before || Math.hypot(point[0] - before[0], point[1] - before[1]) >= nearest;
    const other = before && (point[0] !== before[0] || point[1] !== before[1]);
    if (!(far || (always && other))) return;
    if (count() >= mostPoints) said.textContent = part.dataset.full;
    else stroke.points.push(point);
  };
  const end = (event) => {
    if (!stroke || event.pointerId !== holder) return;
    if (event.type === "pointerup") add(event, true);
    draw(stroke.group, stroke.points);
    stroke = holder = null;
    keep();
  };

  pad.addEventListener("pointerdown", (event) => {
    // The first finger draws; the ball of the hand that follows does not, and a pen goes before fingers.
    if (stroke || !event.isPrimary || event.button !== 0) return;
    if (strokes.length >= mostStrokes || count() >= mostPoints) {
      said.textContent = part.dataset.full;
      return;
    }
    event.preventDefault();
    said.textContent = "";
    holder = event.pointerId;
    pad.setPointerCapture(holder);
    const points = [];
    stroke = { points };
    strokes.push(points);
    add(event);
    stroke.group = show(points);
  });
  pad.addEventListener("pointermove", (event) => {
    if (!stroke || event.pointerId !== holder) return;
    // What the hand did between two pictures comes along; some browsers give an empty list.
    const between = event.getCoalescedEvents?.() ?? [];
    (between.length ? between : [event]).forEach((each) => add(each));
    draw(stroke.group, stroke.points);
  });
  pad.addEventListener("pointerup", end);
  pad.addEventListener("pointercancel", end);
  pad.addEventListener("lostpointercapture", end);
  pad.addEventListener("contextmenu", (event) => event.preventDefault()); // a long press is part of a signature

  part.querySelector("[data-undo]").addEventListener("click", () => {
    strokes.pop();
    said.textContent = "";
    redraw();
  });
  part.querySelector("[data-clear]").addEventListener("click", () => {
    strokes = [];
    said.textContent = "";
    redraw();
  });
  document.querySelectorAll("[data-ways]").forEach((each) => { each.hidden = false; });
  addEventListener("pageshow", read); // also after the back button, when the browser has filled the field again
});
