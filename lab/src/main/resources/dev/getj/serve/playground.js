'use strict';

// The playground: asks the endpoints of this server, and draws what they answer. No library.

const $ = (id) => document.getElementById(id);
const NEIGHBOURS = 3; // beside the sample: the next ones of its seed
const TRACE = 16; // iterations of the curve, where the server allows as many
const FRAMES = 13;
const PAUSE = 120; // milliseconds without a change, before a request is sent
const SVG = 'http://www.w3.org/2000/svg';

let model;
let label = 0;
let steps = [];
let frames = [];
const latencies = [];

class Refused extends Error {}

/** One request at a time of its kind: a newer one replaces what is under way. */
class Channel {
  constructor(path, show) {
    this.path = path;
    this.show = show;
  }

  ask(parameters) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(parameters), this.asked ? PAUSE : 0);
    this.asked = true;
  }

  async send(parameters) {
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    try {
      const begin = performance.now();
      const answer = await fetchJson(`${this.path}?${new URLSearchParams(parameters)}`, running.signal);
      const latency = performance.now() - begin;
      problem('');
      this.show(answer, latency);
    } catch (failure) {
      if (failure.name !== 'AbortError') {
        problem(failure instanceof Refused ? failure.message : 'The server does not answer: is it running?');
      }
    }
  }
}

async function fetchJson(address, signal) {
  const response = await fetch(address, { signal });
  const answer = await response.json();
  if (!response.ok) {
    throw new Refused(answer.error);
  }
  return answer;
}

function problem(text) {
  $('problem').textContent = text;
  $('problem').hidden = text === '';
}

const png = (base64) => `data:image/png;base64,${base64}`;
const number = (value) => (value === 0 ? '0' : value < 0.01 || value >= 10000 ? value.toExponential(1) : value.toPrecision(3));
const time = (ms) => (ms < 9.95 ? `${ms.toFixed(1)} ms` : ms < 9995 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

// what the image in the first section is asked by
function parameters() {
  return {
    seed: $('seed').value,
    ...(model.classes > 0 && { label }),
    ...(model.kind === 'get' && { iterations: $('iterations').value }),
    ...(model.guided && { guidance: $('guidance').value }),
  };
}

const sample = new Channel('/api/sample', (answer, latency) => {
  const first = answer.images[0];
  $('image').src = png(first.png);
  $('others').replaceChildren(
    ...answer.images.slice(1).map((image) => {
      const shown = new Image();
      shown.src = png(image.png);
      shown.alt = `Sample ${image.index} of this seed`;
      return shown;
    }),
  );
  $('seconds').textContent = time(answer.seconds * 1000);
  $('latency').textContent = time(latency);
  if (first.residual !== undefined) {
    $('residual').textContent = number(first.residual);
  }
  remember(latency);
});

const trace = new Channel('/api/trace', (answer) => {
  steps = answer.steps;
  $('steps').replaceChildren(
    ...steps.map((step) => picture(step.png, `After iteration ${step.iteration}`, step.iteration, () => {
      $('iterations').value = step.iteration;
      iterationsChanged();
    })),
  );
  drawCurve();
});

const interpolation = new Channel('/api/interpolate', (answer) => {
  frames = answer.frames;
  $('frames').replaceChildren(
    ...frames.map((frame, i) => picture(frame.png, `At ${frame.t.toFixed(2)}`, frame.t.toFixed(2), () => {
      $('position').value = (100 * i) / (frames.length - 1);
      showBetween();
    })),
  );
  showBetween();
});

function picture(base64, description, caption, chosen) {
  const figure = document.createElement('figure');
  const button = document.createElement('button');
  const image = new Image();
  image.src = png(base64);
  image.alt = description;
  button.type = 'button';
  button.append(image);
  button.addEventListener('click', chosen);
  const text = document.createElement('figcaption');
  text.textContent = caption;
  figure.append(button, text);
  return figure;
}

function remember(latency) {
  latencies.push(latency);
  const sorted = latencies.slice(-200).sort((a, b) => a - b);
  const at = (share) => time(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  $('latencies').textContent =
    `Latency of the last ${sorted.length} samples: median ${at(0.5)}, 95th percentile ${at(0.95)}`;
}

function press(strip, chosen) {
  [...strip.querySelectorAll('button')].forEach((button, i) => button.setAttribute('aria-pressed', i === chosen));
}

function showBetween() {
  if (frames.length > 0) {
    const i = Math.round(($('position').value / 100) * (frames.length - 1));
    $('between').src = png(frames[i].png);
    press($('frames'), i);
  }
}

function element(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

/** The residuals on a logarithmic axis. */
function drawCurve() {
  const chosen = Math.min(Number($('iterations').value), steps.length) - 1;
  press($('steps'), chosen);
  const values = steps.map((step) => step.residual).filter((residual) => residual > 0);
  if (values.length === 0) {
    $('curve').replaceChildren();
    return;
  }
  const [left, right, top, bottom] = [64, 944, 12, 222];
  let low = Math.log10(Math.min(...values));
  let high = Math.log10(Math.max(...values));
  const room = Math.max(0.08 * (high - low), 0.05);
  low -= room;
  high += room;
  const x = (i) => left + ((right - left) * i) / Math.max(1, steps.length - 1);
  const y = (residual) => bottom - ((bottom - top) * (Math.log10(residual) - low)) / (high - low);
  const parts = [];
  for (const line of ticks(10 ** low, 10 ** high)) {
    parts.push(element('line', { class: 'grid', x1: left, x2: right, y1: y(line), y2: y(line) }));
    parts.push(element('text', { x: left - 10, y: y(line) + 5, 'text-anchor': 'end' }, number(line)));
  }
  const apart = Math.ceil(steps.length / 24);
  steps.forEach((step, i) => {
    if (i % apart === 0) {
      parts.push(element('text', { x: x(i), y: bottom + 24, 'text-anchor': 'middle' }, step.iteration));
    }
  });
  const points = steps.flatMap((step, i) => (step.residual > 0 ? [`${x(i)},${y(step.residual)}`] : []));
  parts.push(element('polyline', { class: 'line', points: points.join(' ') }));
  const upTo = steps.slice(0, chosen + 1).map((step) => step.residual);
  const best = upTo.indexOf(Math.min(...upTo));
  parts.push(element('line', { class: 'limit', x1: x(chosen), x2: x(chosen), y1: top, y2: bottom }));
  if (steps[best].residual > 0) {
    parts.push(element('circle', { class: 'chosen', cx: x(best), cy: y(steps[best].residual), r: 8 }));
  }
  $('curve').replaceChildren(...parts);
}

/** Three or more round values from low to high: powers of ten, 1, 2 and 5 times them, or even steps. */
function ticks(low, high) {
  const decades = Math.log10(high / low);
  if (decades < 1) {
    const unit = 10 ** Math.floor(Math.log10(high - low));
    const step = [0.2, 0.5, 1, 2].map((factor) => factor * unit).find((size) => (high - low) / size <= 7.5);
    const first = Math.ceil(low / step);
    return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
  }
  const factors = decades > 3 ? [1] : [1, 2, 5];
  const all = [];
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.ceil(Math.log10(high)); decade++) {
    all.push(...factors.map((factor) => factor * 10 ** decade));
  }
  return all.filter((value) => value >= low && value <= high);
}

function valid(...inputs) {
  return inputs.every((id) => $(id).checkValidity());
}

function sampleChanged() {
  if (!valid('seed')) {
    return;
  }
  sample.ask({ ...parameters(), count: Math.min(model.limits.images, 1 + NEIGHBOURS) });
  $('curl').textContent =
    `curl '${location.origin}/api/sample.png?${new URLSearchParams({ ...parameters(), zoom: 8 })}' -o sample.png`;
}

function iterationsChanged() {
  $('iterations-value').textContent = $('iterations').value;
  sampleChanged();
  betweenChanged();
  if (steps.length > 0) {
    drawCurve();
  }
}

function guidanceChanged() {
  $('guidance-value').textContent = $('guidance').value;
  everythingChanged();
}

function traceChanged() {
  if (model.traced && valid('seed')) {
    trace.ask({ ...parameters(), iterations: $('iterations').max });
  }
}

function betweenChanged() {
  if (valid('from', 'to')) {
    const { seed, ...others } = parameters();
    interpolation.ask({
      from: $('from').value,
      to: $('to').value,
      frames: Math.min(model.limits.images, FRAMES),
      ...others,
    });
  }
}

// neighbours have the class that was chosen, and trace and interpolation follow it, too
function everythingChanged() {
  sampleChanged();
  traceChanged();
  betweenChanged();
}

function chooseClass(chosen) {
  label = chosen;
  [...$('classes').children].forEach((chip, i) => chip.setAttribute('aria-checked', i === chosen));
  everythingChanged();
}

function showModel() {
  const count = model.parameters.toLocaleString('en');
  const classes = model.classes > 0 ? `, ${model.classes} classes` : '';
  $('model-name').textContent = model.title;
  $('model-line').textContent =
    `Images of ${model.size} × ${model.size} pixels${classes}, from noise in one step by ${count} parameters.`;
  document.title = `${model.title} – getj playground`;
  if (model.classes > 0) {
    $('class-field').hidden = false;
    $('classes').replaceChildren(
      ...Array.from({ length: model.classes }, (_, i) => {
        const chip = document.createElement('button');
        chip.type = 'button';
        chip.role = 'radio';
        chip.textContent = model.class_names[i] ?? i;
        chip.addEventListener('click', () => chooseClass(i));
        return chip;
      }),
    );
  }
  if (model.kind === 'get') {
    $('iterations').max = Math.min(TRACE, model.limits.iterations, model.limits.images);
    $('iterations').value = model.iterations;
    $('iterations-value').textContent = model.iterations;
    ['iterations-field', 'residual-field', 'trace-section'].forEach((id) => { $(id).hidden = false; });
  }
}

function showGuidance() {
  $('guidance-value').textContent = $('guidance').value;
  $('guidance-field').hidden = !model.guided;
}

async function begin() {
  try {
    model = await fetchJson('/api/model');
  } catch (failure) {
    problem(`The server does not answer: ${failure.message}`);
    return;
  }
  showModel();
  showGuidance();
  $('controls').addEventListener('submit', (event) => event.preventDefault());
  $('seed').addEventListener('input', () => { sampleChanged(); traceChanged(); });
  $('shuffle').addEventListener('click', () => {
    $('seed').value = Math.floor(Math.random() * 100000);
    sampleChanged();
    traceChanged();
  });
  $('iterations').addEventListener('input', iterationsChanged);
  $('guidance').addEventListener('input', guidanceChanged);
  $('from').addEventListener('input', betweenChanged);
  $('to').addEventListener('input', betweenChanged);
  $('position').addEventListener('input', showBetween);
  chooseClass(0);
}

begin();
