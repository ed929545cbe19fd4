/*
 * Plots the calls of the application to the scheduler, from the metrics that it exposes for Prometheus. The polling of
 * activity buffers is left out: it is this page's own.
 */

const REFRESH_MILLIS = 2000;
const SHOWN_MILLIS = 5 * 60 * 1000;
const WIDTH = 300;
const HEIGHT = 60;

const PLOTS = [
  { id: 'calls-rate', unit: '', of: (delta) => delta.calls / delta.seconds },
  { id: 'calls-latency', unit: ' ms', of: (delta) => delta.timed ? delta.duration / delta.timed * 1000 : undefined },
  { id: 'calls-errors', unit: '', of: (delta) => delta.errors / delta.seconds },
];

const byId = (id) => document.getElementById(id);
const format = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });

let last;
let points = [];

async function scrape() {
  const response = await fetch('actuator/prometheus', { cache: 'no-store' });
  if (!response.ok) {
    throw new Error(`Status ${response.status}`);
  }
  const totals = { time: Date.now(), calls: 0, errors: 0, timed: 0, duration: 0 };
  for (const [, name, labels, value] of (await response.text()).matchAll(/^(sw4rm_rpc_\w+)\{([^}]*)\} (\S+)$/gm)) {
    if (labels.includes('method="PollActivityBuffer"')) {
      continue;
    }
    if (name === 'sw4rm_rpc_requests_total') {
      totals.calls += Number(value);
      totals.errors += labels.includes('status="OK"') ? 0 : Number(value);
    }
    else if (name === 'sw4rm_rpc_duration_seconds_count') {
      totals.timed += Number(value);
    }
    else if (name === 'sw4rm_rpc_duration_seconds_sum') {
      totals.duration += Number(value);
    }
  }
  return totals;
}

function add(totals) {
  if (last && totals.calls >= last.calls) {
    const delta = { seconds: (totals.time - last.time) / 1000 };
    ['calls', 'errors', 'timed', 'duration'].forEach((key) => delta[key] = totals[key] - last[key]);
    points.push({ time: totals.time, values: PLOTS.map((plot) => plot.of(delta)) });
    points = points.filter((point) => totals.time - point.time <= SHOWN_MILLIS);
  }
  else {
    // The application was restarted, and its counters with it
    points = [];
  }
  last = totals;
}

function show() {
  PLOTS.forEach(({ id, unit }, index) => {
    const values = points.map((point) => point.values[index]).filter((value) => value !== undefined);
    const most = values.length ? Math.max(...values) : undefined;
    const text = (value) => value === undefined ? '–' : `${format.format(value)}${unit}`;
    byId(id).querySelector('path').setAttribute('d', lines(index, most));
    byId(id).querySelector('.now').textContent = text(points.at(-1)?.values[index]);
    byId(id).querySelector('.most').textContent = `max ${text(most)}`;
  });
}

/** Lines through the values of a plot, interrupted where there is no value. */
function lines(index, most) {
  let gap = true;
  return points.map(({ time, values: { [index]: value } }) => {
    const x = WIDTH * (1 - (last.time - time) / SHOWN_MILLIS);
    const y = HEIGHT - (most ? value / most : 0) * (HEIGHT - 4) - 2;
    const line = value === undefined ? '' : `${gap ? `M${x},${y}` : ''}L${x},${y}`;
    gap = value === undefined;
    return line;
  }).join('');
}

async function refresh() {
  if (!document.hidden) {
    try {
      add(await scrape());
      show();
      byId('calls-live').textContent = 'Live, last 5 minutes';
    }
    catch {
      byId('calls-live').textContent = 'Not updated: no response.';
    }
  }
  setTimeout(refresh, REFRESH_MILLIS);
}

refresh();
