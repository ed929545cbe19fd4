/*
 * The page of the sample application. It shows all values as text, never as markup. The Content-Security-Policy
 * enforces this.
 */

const REFRESH_MILLIS = 2000;
const ACTIVITY_REFRESH_MILLIS = 10000;
const EVENTS_MILLIS = 100;
const GET_TIMEOUT_MILLIS = 4000;
const WAITING_MILLIS = 500;
const TOAST_MILLIS = 8000;
const RECONNECTED_BANNER_MILLIS = 8000;
const LOG_LINES = 100;
const NOT_RESPONDING = 'The application does not respond. Check that it is running.';

const byId = (id) => document.getElementById(id);
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const timeOfDay = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/* Calls of the REST API */

class Problem extends Error {

  constructor(problem) {
    super(problem.detail ?? problem.title ?? `The application responded with status ${problem.status}.`);
    this.errors = Object.fromEntries(Object.entries(problem.errors ?? {})
        .map(([field, message]) => [field.replace(/\[.*/, ''), message]));
    this.brief = problem.errorCode ? `${problem.title}.` : (problem.errors ? 'Some values are invalid.' : this.message);
    this.timedOut = problem.status === 504;
  }

}

async function get(path) {
  return call(path, { cache: 'no-store', signal: AbortSignal.timeout(GET_TIMEOUT_MILLIS) });
}

async function post(path, body) {
  return send('POST', path, body);
}

async function send(method, path, body) {
  const waiting = setTimeout(showToast, WAITING_MILLIS, 'busy', 'Waiting for the scheduler…');
  try {
    return await call(path,
        { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  }
  finally {
    clearTimeout(waiting);
  }
}

/** Send a request and pass the value of each line of the response to a function, as soon as it arrives. */
async function postForLines(path, body, onLine) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Accept': 'application/x-ndjson', 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) {
    throw new Problem(await response.json().catch(() => ({ status: response.status })));
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const lines = (text + chunk.value).split('\n');
    text = lines.pop();
    lines.forEach((line) => onLine(JSON.parse(line)));
  }
}

async function call(path, options) {
  const { response, body } = await fetchJson(path, options).catch(() => {
    throw new Problem({ detail: NOT_RESPONDING });
  });
  if (!response.ok) {
    throw new Problem(body ?? { status: response.status });
  }
  return body;
}

async function fetchJson(path, options) {
  const response = await fetch(path, options);
  const json = response.headers.get('Content-Type')?.includes('json');
  return { response, body: json ? await response.json() : undefined };
}

/* Parts of the page */

function element(name, properties = {}, ...children) {
  const created = Object.assign(document.createElement(name), properties);
  created.append(...children);
  return created;
}

function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(use);
  return svg;
}

function button(text, description, onClick) {
  const created = element('button', { type: 'button', textContent: text, ariaLabel: `${text} ${description}` });
  created.addEventListener('click', () => once(created, onClick));
  return created;
}

/** Format a point in time in the user's time zone, without the date if it is today. */
function time(timestamp) {
  const date = new Date(timestamp);
  if (Number.isNaN(date.getTime())) {
    return timestamp || '—';
  }
  const format = date.toDateString() === new Date().toDateString() ? timeOfDay : dateTime;
  return element('time', { dateTime: timestamp, title: dateTime.format(date), textContent: format.format(date) });
}

function id(value) {
  return element('span', { className: 'id', textContent: value });
}

function state(kind, text) {
  return element('span', { className: `state ${kind}` }, icon(kind), text);
}

function delay(millis) {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

function number(value, word) {
  return `${value.toLocaleString()} ${word}${value === 1 ? '' : 's'}`;
}

/** Add what happened to the log. */
function log(kind, text) {
  byId('log-empty').hidden = true;
  const now = new Date();
  byId('log').prepend(element('li', { className: kind }, icon(kind),
      element('time', { dateTime: now.toISOString(), textContent: timeOfDay.format(now) }),
      element('span', { textContent: text })));
  while (byId('log').childElementCount > LOG_LINES) {
    byId('log').lastElementChild.remove();
  }
}

let toastTimer;

/** Show a text above the page, wherever the user has scrolled to. */
function showToast(kind, text) {
  clearTimeout(toastTimer);
  byId('toast').replaceChildren(element('p', { className: kind }, icon(kind), element('span', { textContent: text })));
  if (kind !== 'busy') {
    toastTimer = setTimeout(() => byId('toast').replaceChildren(), TOAST_MILLIS);
  }
}

/** Report the result of an action of the user. */
function report(kind, text, brief = text) {
  log(kind, text);
  showToast(kind, brief);
}

function reportProblem({ message, brief }) {
  report('bad', message, brief);
}

/** Run the action of a button, unless it is already running. */
async function once(control, action) {
  if (control.ariaDisabled === 'true') {
    return;
  }
  control.ariaDisabled = 'true';
  byId('toast').replaceChildren();
  try {
    await action();
  }
  finally {
    control.ariaDisabled = null;
  }
}

/** Run an action, log its failure, then refresh the page. */
async function act(action, home) {
  try {
    await action();
  }
  catch (problem) {
    reportProblem(problem);
  }
  await Promise.all([refreshActivity(), refreshEmbedded()]);
  if (document.activeElement === document.body) {
    byId(home).focus({ preventScroll: true });
  }
}

/* Dialog */

/** Ask for confirmation. Resolves to null if the user cancels. */
function ask({ title, text, confirm, danger = false, reason }) {
  const dialog = byId('dialog');
  byId('dialog-title').textContent = title;
  byId('dialog-text').textContent = text;
  byId('dialog-confirm').textContent = confirm;
  byId('dialog-confirm').classList.toggle('danger', danger);
  byId('dialog-field').hidden = reason === undefined;
  byId('dialog-reason').value = reason ?? '';
  dialog.returnValue = '';
  dialog.showModal();
  (reason === undefined ? byId('dialog-cancel') : byId('dialog-reason')).focus();
  return new Promise((resolve) => dialog.addEventListener('close',
      () => resolve(dialog.returnValue === 'confirm' ? { reason: byId('dialog-reason').value } : null),
      { once: true }));
}

byId('dialog-cancel').addEventListener('click', () => byId('dialog').close());
byId('dialog-form').addEventListener('submit', (event) => {
  event.preventDefault();
  byId('dialog').close('confirm');
});

/* Forms */

/** Add an element for the error message of a control, as part of its description. */
function prepare(control) {
  const message = element('p', { className: 'error', id: `${control.id}-error` });
  control.closest('.field').append(message);
  control.setAttribute('aria-describedby', `${control.getAttribute('aria-describedby') ?? ''} ${message.id}`.trim());
  control.autocomplete = 'off';
  control.spellcheck = false;
  control.addEventListener('input', () => setError(control, ''));
}

/** Show a message of this page or of the application, such as "must not be blank". */
function setError(control, message = '') {
  byId(`${control.id}-error`).textContent = sentence(message);
  if (message) {
    control.setAttribute('aria-invalid', 'true');
  }
  else {
    control.removeAttribute('aria-invalid');
  }
}

function sentence(text) {
  const subject = text.startsWith('is ') ? `this ${text}` : text;
  return subject && `${subject[0].toUpperCase()}${subject.slice(1)}${subject.endsWith('.') ? '' : '.'}`;
}

function errorOf(control) {
  const { validity } = control;
  if (validity.badInput || validity.stepMismatch) {
    return 'Must be a whole number.';
  }
  if (validity.valueMissing || validity.patternMismatch) {
    return 'Must not be empty.';
  }
  if (validity.rangeUnderflow || validity.rangeOverflow) {
    return control.max ? `Must be from ${control.min.replace('-', '−')} to ${control.max}.`
        : `Must be ${control.min} or more.`;
  }
  return '';
}

/** Send a form if its values are valid, otherwise show the errors of its fields. */
function onSubmit(formId, send, { check = () => ({}), confirm = () => true } = {}) {
  const form = byId(formId);
  const submit = form.querySelector('button');
  const controls = [...form.elements].filter((control) => control.name);
  controls.forEach(prepare);

  function show(errors) {
    controls.forEach((control) => setError(control, errors[control.name]));
    controls.find((control) => errors[control.name])?.focus();
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    once(submit, async () => {
      controls.filter(({ type }) => type === 'text').forEach((control) => control.value = control.value.trim());
      const values = Object.fromEntries(controls.map((control) => [control.name, control.value]));
      const errors = {};
      controls.forEach((control) => errors[control.name] = errorOf(control));
      Object.assign(errors, check(values));
      show(errors);
      if (Object.values(errors).some(Boolean) || !await confirm(values)) {
        return;
      }
      try {
        report(...await send(values));
      }
      catch (problem) {
        reportProblem(problem);
        show(problem.errors);
      }
      await Promise.all([refreshActivity(), refreshEmbedded()]);
    });
  });
}

function isJson(contentType) {
  return /^application\/([^;]+\+)?json\s*(;|$)/i.test(contentType.trim());
}

function checkParams({ params, contentType }) {
  if (params.trim() && isJson(contentType)) {
    try {
      JSON.parse(params);
    }
    catch (error) {
      return { params: `Not valid JSON: ${error.message}` };
    }
  }
  return {};
}

onSubmit('submit-form', async (values) => {
  const result = await post('api/tasks', { ...values, priority: Number(values.priority) });
  showActivityOf(values.agentId);
  return result.accepted ? ['ok', `Submitted ${result.taskId} to ${values.agentId}: accepted.`]
      : ['warning', `Submitted ${result.taskId} to ${values.agentId}: refused, ${result.reason || 'no reason given'}.`];
}, { check: checkParams });

onSubmit('preempt-form', async (values) => preempt(values.agentId, values.taskId, values.reason));

onSubmit('shutdown-form', async ({ agentId, gracePeriodSeconds }) => {
  const { ok } = await post('api/agents/shutdown',
      { agentId, gracePeriodSeconds: gracePeriodSeconds ? Number(gracePeriodSeconds) : null });
  return ok ? ['ok', `Requested shutdown of ${agentId}: ok.`]
      : ['warning', `Requested shutdown of ${agentId}: not ok.`];
}, { confirm: askToShutDown });

function askToShutDown({ agentId, gracePeriodSeconds }) {
  return ask({
    title: `Shut down ${agentId}?`,
    text: 'The agent gets no new tasks. Tasks that are still running after '
        + `${gracePeriodSeconds ? `${gracePeriodSeconds} seconds` : "the scheduler's default grace period"} fail.`,
    confirm: 'Shut down',
    danger: true,
  });
}

byId('submit-priority-slider').addEventListener('input', (event) => {
  byId('submit-priority').value = event.target.value;
  setError(byId('submit-priority'), '');
});
byId('submit-priority').addEventListener('input', (event) => {
  byId('submit-priority-slider').value = event.target.value;
});

async function preempt(agentId, taskId, reason) {
  const { enqueued } = await post('api/tasks/preempt', { agentId, taskId, reason });
  return enqueued ? ['ok', `Requested preemption of ${taskId} of ${agentId}: enqueued.`]
      : ['warning', `Requested preemption of ${taskId} of ${agentId}: not enqueued. Check that the task exists.`];
}

async function askToPreempt(agentId, taskId) {
  const answer = await ask({
    title: 'Preempt this task?',
    text: `${taskId} of ${agentId} will be requested to yield at its next safe point.`,
    confirm: 'Preempt',
    reason: 'Higher priority task arrived',
  });
  if (answer) {
    report(...await preempt(agentId, taskId, answer.reason));
  }
}

/* Batch */

onSubmit('many-form', async (values) => {
  const agentIds = values.agentIds.split(',').map((agentId) => agentId.trim()).filter(Boolean);
  const total = await submitBatch({ count: Number(values.count), agentIds, priority: Number(values.priority) });
  const kind = total.failed ? 'bad' : (total.refused ? 'warning' : 'ok');
  return [kind, `Submitted ${number(total.requested, 'task')}: ${total.accepted.toLocaleString()} accepted, `
      + `${total.refused.toLocaleString()} refused, ${total.failed.toLocaleString()} failed.`];
});

/** Submit a batch and show its progress. Tasks whose outcome the application does not tell count as failed. */
async function submitBatch(batch) {
  let total = { requested: batch.count, accepted: 0, refused: 0, failed: 0, reasons: {} };
  showProgress(total);
  try {
    await postForLines('api/tasks/batch', batch, (line) => showProgress(total = line));
  }
  catch (problem) {
    if (problem instanceof Problem) {
      byId('many-progress').hidden = true;
      throw problem;
    }
  }
  const missing = total.requested - total.accepted - total.refused - total.failed;
  if (missing > 0) {
    total.failed += missing;
    total.reasons[NOT_RESPONDING] = missing;
    showProgress(total);
  }
  return total;
}

function showProgress(total) {
  byId('many-progress').hidden = false;
  byId('many-bar').max = total.requested;
  byId('many-bar').value = total.accepted + total.refused + total.failed;
  ['requested', 'accepted', 'refused', 'failed'].forEach((count) => {
    byId(`many-${count}`).textContent = total[count].toLocaleString();
  });
  byId('many-reasons').replaceChildren(...Object.entries(total.reasons)
      .map(([reason, count]) => element('li', { textContent: `${count.toLocaleString()} × ${reason}` })));
}

/* Tables */

/**
 * Show items as the rows of a table. Unchanged rows are kept, so that a refresh preserves the focus and the
 * selection.
 */
function showRows(name, items, keyOf, cellsOf) {
  const body = byId(`${name}-table`).tBodies[0];
  const focus = { key: document.activeElement?.closest('tr')?.dataset.key, label: document.activeElement?.ariaLabel };
  const before = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  const keys = uniqueKeys(items.map(keyOf));
  const rows = items.map((item, index) => {
    const version = JSON.stringify(item);
    const row = before.get(keys[index]);
    return row?.dataset.version === version ? row : newRow(name, keys[index], version, cellsOf(item));
  });
  const hadFocus = body.contains(document.activeElement);
  const kept = new Set(rows);
  before.forEach((row) => kept.has(row) || row.remove());
  rows.forEach((row, index) => body.rows[index] === row || body.insertBefore(row, body.rows[index] ?? null));
  if (hadFocus && !body.contains(document.activeElement)) {
    const row = rows[keys.indexOf(focus.key)];
    [...row?.querySelectorAll('button, input') ?? []].find((control) => control.ariaLabel === focus.label)?.focus();
  }
  byId(`${name}-table`).hidden = rows.length === 0;
  byId(`${name}-empty`).hidden = rows.length > 0;
}

function uniqueKeys(keys) {
  const seen = new Map();
  return keys.map((key) => {
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return `${key} ${seen.get(key)}`;
  });
}

function newRow(name, key, version, cells) {
  const row = element('tr');
  row.setAttribute('role', 'row');
  row.dataset.key = key;
  row.dataset.version = version;
  [...byId(`${name}-table`).tHead.rows[0].cells].forEach((heading, index) => {
    const cell = element('td', { className: heading.className });
    cell.setAttribute('role', 'cell');
    cell.dataset.label = heading.textContent;
    cell.append(element('div', {}, ...[cells[index]].flat()));
    row.append(cell);
  });
  return row;
}

/** Show whether the content of a card is up to date. */
function showFreshness(name, problem) {
  byId(name).classList.toggle('stale', Boolean(problem));
  byId(`${name}-live`).textContent = problem ? `Not updated. ${problem.brief}` : 'Live';
}

/* Activity buffer of one agent */

const activityAgent = byId('activity-agent');
const selected = new Set();
let activityRequest = 0;
let activityTimer;
let activityEvents;
let activityRefresh;
let nextActivityRefresh;

function activityAgentId() {
  return activityAgent.value.trim();
}

async function refreshActivity() {
  const agentId = activityAgentId();
  const request = ++activityRequest;
  if (!agentId) {
    showActivity(agentId, []);
    byId('activity-empty').textContent = 'Enter an agent to see its activity.';
    await showWhetherResponding(true);
    return;
  }
  const { entries, problem } = await get(`api/activity?agentId=${encodeURIComponent(agentId)}`)
      .then((entries) => ({ entries }), (problem) => ({ problem }));
  if (request !== activityRequest) {
    return;
  }
  byId('activity-empty').textContent = problem?.brief ?? `No entries for ${agentId}. Submit a task to add one.`;
  setError(activityAgent, problem?.errors.agentId);
  if (entries) {
    showActivity(agentId, entries);
  }
  showFreshness('activity', problem);
  if (problem && !document.hidden) {
    refreshActivityIn(REFRESH_MILLIS);
  }
  await showWhetherResponding(!problem?.timedOut);
}

/** Watch the shown agent while the page is visible. A browser has few connections, and each watch holds one. */
function watchActivity() {
  activityEvents?.close();
  activityEvents = null;
  const agentId = activityAgentId();
  if (!agentId || document.hidden) {
    return;
  }
  activityEvents = new EventSource(`api/activity/watch?agentId=${encodeURIComponent(agentId)}`);
  ['open', 'activity', 'recovery', 'error'].forEach((event) => activityEvents.addEventListener(event,
      refreshActivitySoon));
  activityEvents.addEventListener('outage', ({ data }) => {
    const { reason, timedOut } = JSON.parse(data);
    showFreshness('activity', { brief: reason });
    showWhetherResponding(!timedOut);
    refreshActivitySoon();
  });
}

/** Refresh once for all events that arrive together, and not while such a refresh is running. */
function refreshActivitySoon() {
  refreshActivityIn(EVENTS_MILLIS);
}

function refreshActivityIn(millis) {
  nextActivityRefresh ??= Promise.all([activityRefresh, delay(millis)]).then(() => {
    nextActivityRefresh = null;
    activityRefresh = refreshActivity();
  });
}

/** Show changes that are no events: entries that others have purged. */
async function keepActivityFresh() {
  if (activityEvents?.readyState === EventSource.CLOSED) {
    watchActivity();
  }
  await refreshActivity();
}

function showActivity(agentId, entries) {
  const taskIds = new Set(entries.map((entry) => entry.taskId));
  selected.forEach((taskId) => taskIds.has(taskId) || selected.delete(taskId));
  byId('activity-count').textContent = entries.length ? countOfEntries(entries.length) : '';
  showRows('activity', [...entries].reverse(), (entry) => `${entry.taskId} ${entry.timestamp}`, (entry) => [
    selection(entry.taskId),
    time(entry.timestamp),
    id(entry.taskId),
    [entry.description, where(entry)],
    [
      button('Preempt', entry.taskId, () => act(() => askToPreempt(agentId, entry.taskId), 'activity-title')),
      button('Purge', entry.taskId, () => act(() => askToPurge(agentId, [entry.taskId]), 'activity-title')),
    ],
  ]);
  showSelection();
}

function countOfEntries(count) {
  return count === 1 ? '1 entry' : `${count.toLocaleString()} entries`;
}

function where({ repoId, worktreeId, branch }) {
  return element('span', { className: 'where', textContent: [repoId, worktreeId, branch].filter(Boolean).join(' · ') });
}

function selection(taskId) {
  const checkbox = element('input', { type: 'checkbox', checked: selected.has(taskId), ariaLabel: `Select ${taskId}` });
  checkbox.dataset.taskId = taskId;
  checkbox.addEventListener('change', () => {
    if (checkbox.checked) {
      selected.add(taskId);
    }
    else {
      selected.delete(taskId);
    }
    showSelection();
  });
  return checkbox;
}

function checkboxes() {
  return [...byId('activity-table').tBodies[0].querySelectorAll('input')];
}

function showSelection() {
  const all = checkboxes();
  all.forEach((checkbox) => checkbox.checked = selected.has(checkbox.dataset.taskId));
  const checked = all.filter((checkbox) => checkbox.checked).length;
  byId('select-all').disabled = all.length === 0;
  byId('select-all').checked = checked > 0 && checked === all.length;
  byId('select-all').indeterminate = checked > 0 && checked < all.length;
  byId('purge-selected').disabled = checked === 0;
  byId('purge-selected').textContent = checked === 0 ? 'Purge selected…' : `Purge ${checked} selected…`;
  byId('purge-all').disabled = all.length === 0;
}

async function askToPurge(agentId, taskIds) {
  const answer = await ask({
    title: taskIds.length === 1 ? 'Purge this entry?' : `Purge the entries of ${number(taskIds.length, 'task')}?`,
    text: taskIds.length === 1
        ? `The activity of ${taskIds[0]} is removed permanently. The task itself is not affected.`
        : `They are removed permanently from the activity buffer of ${agentId}. The tasks themselves are not affected.`,
    confirm: 'Purge',
    danger: true,
  });
  if (answer) {
    reportPurge(agentId, await post('api/activity/purge', { agentId, taskIds }));
  }
}

async function askToPurgeAll(agentId) {
  const answer = await ask({
    title: `Purge all activity of ${agentId}?`,
    text: 'All entries of its activity buffer are removed permanently, including entries added since the last refresh. '
        + 'The tasks themselves are not affected.',
    confirm: 'Purge all',
    danger: true,
  });
  if (answer) {
    reportPurge(agentId, await post('api/activity/purge', { agentId, all: true }));
  }
}

function reportPurge(agentId, { purged }) {
  report('ok', `Purged the activity of ${agentId}: ${countOfEntries(purged)} removed.`);
}

/** Show the activity of an agent. */
function showActivityOf(agentId) {
  if (activityAgentId() !== agentId) {
    activityAgent.value = agentId;
    forgetActivity();
    watchActivity();
  }
}

function forgetActivity() {
  selected.clear();
  showActivity(activityAgentId(), []);
  byId('activity-empty').textContent = 'Loading…';
}

prepare(activityAgent);
activityAgent.addEventListener('input', () => {
  setError(activityAgent, errorOf(activityAgent));
  forgetActivity();
  clearTimeout(activityTimer);
  activityTimer = setTimeout(() => {
    watchActivity();
    refreshActivity();
  }, 250);
});
byId('select-all').addEventListener('change', (event) => {
  checkboxes().forEach((checkbox) => selected[event.target.checked ? 'add' : 'delete'](checkbox.dataset.taskId));
  showSelection();
});
byId('purge-selected').addEventListener('click',
    () => act(() => askToPurge(activityAgentId(), [...selected]), 'activity-title'));
byId('purge-all').addEventListener('click', () => act(() => askToPurgeAll(activityAgentId()), 'activity-title'));

/* State of the embedded scheduler */

const EMPTY = {
  agents: 'No agents yet. Submit a task to add its agent.',
  running: 'No running tasks. Let an agent take its next task.',
  queued: 'The queue is empty.',
  finished: 'No finished tasks.',
};

let embedded = false;
let embeddedRequest = 0;
/** The number of changes of the check box that the application has not answered. */
let workingChanges = 0;

async function refreshEmbedded() {
  if (!embedded) {
    return;
  }
  const request = ++embeddedRequest;
  try {
    const snapshot = await get('api/embedded');
    if (request === embeddedRequest) {
      showEmbedded(snapshot);
      showFreshness('embedded');
    }
  }
  catch (problem) {
    if (request === embeddedRequest) {
      showFreshness('embedded', problem);
    }
  }
}

function showEmbedded({ working, agents, running, queued, finished }) {
  if (workingChanges === 0) {
    byId('working').checked = working;
  }
  const keyOf = ({ agentId, taskId }) => JSON.stringify([agentId, taskId]);
  byId('agents').replaceChildren(...agents.map(({ agentId }) => element('option', { value: agentId })));
  Object.entries(EMPTY).forEach(([name, text]) => byId(`${name}-empty`).textContent = text);
  Object.entries({ running, queued, finished }).forEach(([name, { total, first }]) => {
    byId(`${name}-count`).textContent = total > first.length
        ? `${total.toLocaleString()}, the first ${first.length} shown` : `${total}`;
  });
  showRows('agents', agents, ({ agentId }) => agentId, (agent) => [
    id(agent.agentId),
    agent.shutDown ? state('warning', 'Shut down') : state('ok', 'Active'),
    agent.running.toLocaleString(),
    agent.queued.toLocaleString(),
    agent.shutDown ? agentButton('Revive', revive, agent) : agentButton('Take next', takeNext, agent),
  ]);
  showRows('running', running.first, keyOf, (task) => [
    id(task.agentId),
    [id(task.taskId), scopeOf(task)],
    `${task.priority}`,
    task.preemptionReason === null ? state('ok', 'Running') : preemptionOf(task),
    [
      taskButton('Done', () => finish(task, 'DONE', 'done'), task, 'running'),
      taskButton('Fail', () => askToFail(task), task, 'running'),
      task.preemptionReason === null
          ? taskButton('Preempt', () => askToPreempt(task.agentId, task.taskId), task, 'running')
          : taskButton('Yield', () => finish(task, 'YIELDED', 'returned to the queue'), task, 'running'),
    ],
  ]);
  showRows('queued', queued.first, keyOf, (task) => [
    id(task.agentId),
    [id(task.taskId), scopeOf(task), ...(task.preemptionReason === null ? [] : [preemptionOf(task)])],
    `${task.priority}`,
    time(task.submittedAt),
    taskButton('Preempt', () => askToPreempt(task.agentId, task.taskId), task, 'queued'),
  ]);
  showRows('finished', finished.first, keyOf, (task) => [
    id(task.agentId),
    [id(task.taskId), scopeOf(task)],
    `${task.priority}`,
    task.state === 'SUCCEEDED' ? state('ok', 'Done')
        : state('bad', `Failed${task.failureReason ? `: ${task.failureReason}` : ''}`),
  ]);
}

byId('working').addEventListener('change', (event) => {
  const working = event.target.checked;
  act(async () => {
    workingChanges++;
    try {
      await send('PUT', 'api/embedded/working', { working });
    }
    finally {
      workingChanges--;
    }
    report('ok', working ? 'The agents work by themselves.' : 'The agents do not work by themselves any more.');
  }, 'working');
});

function scopeOf({ scope }) {
  return element('span', { className: 'where', textContent: scope });
}

function preemptionOf({ preemptionReason }) {
  return state('warning', `Preemption requested${preemptionReason ? `: ${preemptionReason}` : ''}`);
}

function agentButton(text, action, { agentId }) {
  return button(text, agentId, () => act(() => action(agentId), 'agents-title'));
}

function taskButton(text, action, { taskId }, table) {
  return button(text, taskId, () => act(action, `${table}-title`));
}

async function takeNext(agentId) {
  const task = await post('api/embedded/take-next', { agentId });
  report(task ? 'ok' : 'info', task ? `${agentId} took ${task.taskId}.`
      : `${agentId} has no task to take. Its queue is empty, or its queued tasks overlap in scope with running tasks.`);
}

async function revive(agentId) {
  await post('api/embedded/revive', { agentId });
  report('ok', `${agentId} accepts tasks again.`);
}

async function finish({ agentId, taskId }, outcome, text, reason) {
  await post('api/embedded/report', { agentId, taskId, outcome, reason });
  report(outcome === 'FAILED' ? 'warning' : 'ok', `${agentId} reported ${taskId}: ${text}.`);
}

async function askToFail(task) {
  const answer = await ask({
    title: 'Report this task as failed?',
    text: `${task.taskId} of ${task.agentId} ends and is not retried.`,
    confirm: 'Report as failed',
    danger: true,
    reason: '',
  });
  if (answer) {
    await finish(task, 'FAILED', 'failed', answer.reason);
  }
}

/* Connection */

const CONNECTION_STATES = {
  CONNECTED: { text: 'Connected' },
  NOT_SERVING: { text: 'Not serving', problem: 'reports that it is not serving' },
  NOT_RESPONDING: { text: 'Not responding', problem: 'does not respond' },
  UNAVAILABLE: { text: 'Unavailable', problem: 'is unavailable' },
};

let responding = true;
let unavailable = false;
let bannerTimer;

async function refreshConnection() {
  try {
    const { target, state, embedded } = await get('api/connection');
    const { text, problem } = CONNECTION_STATES[state === 'CONNECTED' && !responding ? 'NOT_RESPONDING' : state];
    showConnection(problem ? 'bad' : 'ok', text, target);
    showWhetherEmbedded(embedded);
    if (problem) {
      showUnavailable(`The scheduler at ${target} ${problem}. Calls may fail. This page keeps trying.`);
    }
    else {
      showAvailable(`Reconnected to the scheduler at ${target}.`);
    }
  }
  catch (problem) {
    showConnection('bad', 'Application unavailable', '');
    showUnavailable(problem.message);
  }
}

/** A scheduler may report that it is healthy and still not respond to calls. */
async function showWhetherResponding(isResponding) {
  if (responding !== isResponding) {
    responding = isResponding;
    await refreshConnection();
  }
}

function showWhetherEmbedded(isEmbedded) {
  if (embedded !== isEmbedded) {
    embedded = isEmbedded;
    ['connection-embedded', 'embedded', 'embedded-link'].forEach((part) => byId(part).hidden = !embedded);
    refreshEmbedded();
  }
}

function showConnection(kind, text, target) {
  const connection = byId('connection');
  connection.className = `connection ${kind}`;
  connection.querySelector('use').setAttribute('href', `#icon-${kind}`);
  byId('connection-state').textContent = text;
  byId('connection-target').textContent = target;
}

function showUnavailable(text) {
  if (unavailable !== text) {
    unavailable = text;
    showBanner('bad', text);
    log('bad', text);
  }
}

function showAvailable(text) {
  if (unavailable) {
    unavailable = false;
    showBanner('ok', text);
    log('ok', text);
    bannerTimer = setTimeout(() => byId('banner').replaceChildren(), RECONNECTED_BANNER_MILLIS);
    refreshActivity();
    refreshEmbedded();
  }
}

function showBanner(kind, text) {
  clearTimeout(bannerTimer);
  byId('banner').replaceChildren(element('p', { className: kind }, icon(kind === 'bad' ? 'warning' : kind), text));
}

/* Refresh */

async function keepFresh([refresh, millis]) {
  if (!document.hidden) {
    await refresh();
  }
  setTimeout(keepFresh, millis, [refresh, millis]);
}

const refreshes = [[refreshConnection, REFRESH_MILLIS], [refreshEmbedded, REFRESH_MILLIS],
  [keepActivityFresh, ACTIVITY_REFRESH_MILLIS]];
refreshes.forEach(keepFresh);
watchActivity();
document.addEventListener('visibilitychange', () => {
  watchActivity();
  document.hidden || refreshes.forEach(([refresh]) => refresh());
});
byId('time-zone').textContent = Intl.DateTimeFormat().resolvedOptions().timeZone;
