/*
 * Plots the calls of the application to the scheduler, from the metrics that it exposes for Prometheus.
 */

const REFRESH_MILLIS = 2000;
const SHOWN_MILLIS = 5 * 60 * 1000;
const WIDTH = 300;
const HEIGHT = 60;

const PLOTS = [
  { id: 'calls-rate', unit: '/s', of: (delta) => delta.calls / delta.seconds },
  { id: 'calls-latency', unit: 'ms', of: (delta) => delta.timed ? delta.duration / delta.timed * 1000 : 0 },
  { id: 'calls-errors', unit: '/s', of: (delta) => delta.errors / delta.seconds },
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
    const values = points.map((point) => point.values[index]);
    const most = Math.max(...values, 0);
    const line = points.map((point, i) => [
      WIDTH * (1 - (last.time - point.time) / SHOWN_MILLIS),
      HEIGHT - (most ? values[i] / most : 0) * (HEIGHT - 4) - 2,
    ].map((coordinate) => coordinate.toFixed(1)).join(','));
    byId(id).querySelector('polyline').setAttribute('points', line.join(' '));
    byId(id).querySelector('.now').textContent = values.length ? `${format.format(values.at(-1))} ${unit}` : '–';
    byId(id).querySelector('.most').textContent = `max ${format.format(most)} ${unit}`;
  });
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
