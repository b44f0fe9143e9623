// The page of the chat. What people write reaches the page through textContent and append alone, never as HTML.
/* global io */

const $ = (id) => document.getElementById(id);
const socket = io({ autoConnect: false, reconnectionDelay: 500, reconnectionDelayMax: 5000 });

const given = ['Lobby', 'Reading room', 'Tea kitchen']; // rooms that are listed also without people
const typing = new Map(); // id → timer that forgets that they are typing
let people = []; // { id, name, room } of everybody
let here = new Map(); // id → those of them who are in the room
let room = ''; // that we want to be in
let shown = ''; // whose messages are shown
let joined = false; // the server has us in the room
let unseen = 0; // messages that came while the page was hidden

// ---- coming and going

$('enter').addEventListener('submit', (event) => {
  event.preventDefault();
  enter(tidy($('name').value));
});

$('quit').addEventListener('click', () => {
  sessionStorage.clear();
  socket.disconnect();
  location.reload();
});

function enter(name) {
  if (!name) return;
  socket.auth = { name };
  sessionStorage.setItem('name', name);
  room = roomOfAddress();
  paintAvatar($('me').querySelector('.avatar'), name);
  $('me').querySelector('.name').textContent = name;
  $('refused').textContent = '';
  $('welcome').hidden = true;
  $('app').hidden = false;
  showRoom();
  status('connecting');
  $('text').focus();
  socket.connect();
}

function leave(reason) {
  sessionStorage.removeItem('name');
  $('refused').textContent = reason;
  $('app').hidden = true;
  $('welcome').hidden = false;
  $('name').focus();
}

// ---- the connection: the client keeps it up by itself, we say how it is doing

socket.on('connect', () => join(room));

socket.on('connect_error', (error) => {
  if (!socket.active) leave(error.message); // refused by the server, for good
});

socket.on('disconnect', (reason) => {
  joined = false;
  for (const id of typing.keys()) setTyping(id, false);
  if (reason === 'io server disconnect') socket.connect();
  status(reason === 'io client disconnect' ? 'connecting' : 'reconnecting');
});

// A page that one leaves may be kept alive, out of sight and with its connection: the others would see us for long.
addEventListener('pagehide', () => socket.disconnect());
addEventListener('pageshow', (event) => { if (event.persisted && socket.auth) socket.connect(); });

socket.io.on('reconnect_attempt', (attempt) => status('reconnecting', attempt));

function status(state, attempt) {
  const words = { online: 'online', connecting: 'connecting…', reconnecting: 'reconnecting…' };
  $('status').dataset.state = state;
  $('status').firstElementChild.textContent = words[state];
  $('banner').hidden = state !== 'reconnecting';
  $('banner').textContent = 'The connection is lost. Trying to get it back' + (attempt > 1 ? ` (attempt ${attempt})…` : '…');
  $('app').classList.toggle('away', state !== 'online');
}

// ---- rooms

$('create').addEventListener('submit', (event) => {
  event.preventDefault();
  const name = tidy($('new-room').value);
  if (name) join(name);
  $('new-room').value = '';
});

addEventListener('hashchange', () => {
  if (socket.connected && roomOfAddress() !== room) join(roomOfAddress());
});

function roomOfAddress() {
  try {
    return tidy(decodeURIComponent(location.hash.slice(1))) || 'Lobby';
  } catch {
    return 'Lobby';
  }
}

async function join(name) {
  $('room-error').textContent = '';
  if ($('rooms').matches(':popover-open')) $('rooms').hidePopover();
  if (joined && name === room) return;
  const error = await ask('join', name);
  if (!error || !socket.connected) return; // the event "people" has the rest; or we join after reconnecting
  $('room-error').textContent = error;
  if (!joined && name !== 'Lobby') join('Lobby');
}

// The server tells where everybody is whenever that changes. What changed, we find out by ourselves.
socket.on('people', (list) => {
  people = list;
  const before = here;
  const to = people.find(({ id }) => id === socket.id)?.room;
  here = new Map(people.filter((person) => to && person.room === to).map((person) => [person.id, person]));
  if (to && (to !== room || !joined)) enterRoom(to);
  else if (to) noteChanges(before);
  for (const id of typing.keys()) if (!here.has(id)) setTyping(id, false);
  listRooms();
  listPeople();
});

function enterRoom(name) {
  joined = true;
  room = name;
  if (room !== roomOfAddress()) history.replaceState(null, '', '#' + encodeURIComponent(room));
  if (room === shown) addNote('You are back.');
  else $('log').replaceChildren();
  shown = room;
  status('online');
  showRoom();
  toEnd();
}

function noteChanges(before) {
  for (const [id, { name }] of here) if (!before.has(id)) addNote(`${name} joined`);
  for (const [id, { name }] of before) if (!here.has(id)) addNote(`${name} left`);
}

function showRoom() {
  $('room-name').textContent = room;
  $('text').placeholder = `Message ${room}`;
  listRooms();
  showTitle();
}

function listRooms() {
  const rooms = new Map(given.map((name) => [name, 0])); // name → how many are there
  for (const { room } of people) if (room) rooms.set(room, (rooms.get(room) ?? 0) + 1);
  const order = [...rooms.keys()].sort((a, b) => given.includes(b) - given.includes(a) || a.localeCompare(b));
  $('room-list').replaceChildren(...order.map((name) => {
    const button = el('button', { type: 'button', onclick: () => join(name) },
      el('span', { className: 'name', textContent: name }),
      el('span', { className: 'count', textContent: rooms.get(name) || '', title: `${rooms.get(name)} here` }));
    if (name === room) button.setAttribute('aria-current', 'true');
    return el('li', {}, button);
  }));
}

// ---- people

function listPeople() {
  const me = (person) => person.id === socket.id;
  const order = [...here.values()].sort((a, b) => me(b) - me(a) || a.name.localeCompare(b.name));
  $('people-list').replaceChildren(...order.map((person) => el('li', {},
    avatar(person.name),
    el('span', { className: 'name', textContent: person.name, title: person.name }),
    el('span', { className: 'note', textContent: me(person) ? 'you' : '' }))));
  for (const count of document.querySelectorAll('#people .count, header .count')) count.textContent = here.size;
}

// ---- who is typing: told every two seconds while one does, and forgotten after four

let toldTyping = 0;

function tellTyping(on) {
  const now = Date.now();
  if (!joined || (on ? now - toldTyping < 2000 : !toldTyping)) return;
  toldTyping = on ? now : 0;
  socket.emit('typing', on);
}

socket.on('typing', setTyping);

function setTyping(id, on) {
  clearTimeout(typing.get(id));
  if (on && here.has(id)) typing.set(id, setTimeout(() => setTyping(id, false), 4000));
  else typing.delete(id);
  const names = [...typing.keys()].map((id) => here.get(id)?.name ?? 'Somebody');
  const who = names.length > 2 ? 'Several people are' : names.join(' and ') + (names.length > 1 ? ' are' : ' is');
  $('typing').textContent = names.length ? `${who} typing` : '';
}

// ---- messages

socket.on('message', (from, text) => {
  if (from.room !== room) return; // said just before we came in
  setTyping(from.id, false);
  noteScrolling();
  stamp(addMessage(from, text));
  if (following) toEnd();
  else $('latest').hidden = false;
  if (document.hidden) unseen++;
  showTitle();
});

$('compose').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = $('text').value.trim();
  if (!text || !joined) return;
  $('text').value = '';
  grow();
  tellTyping(false);
  send(addMessage(null, text));
  toEnd();
});

// send sends the message that an item shows, and notes on the item what became of it.
async function send(item) {
  item.className = item.className.replace(/ ?failed/, '') + ' pending';
  const error = await ask('message', item.querySelector('.text').textContent);
  item.classList.remove('pending');
  item.querySelector('.failure').replaceChildren();
  if (!error) return stamp(item);
  item.classList.add('failed');
  item.querySelector('.failure').append(error + ' ',
    el('button', { type: 'button', textContent: 'Try again', onclick: () => joined && send(item) }));
}

// addMessage shows a message at the end of the log. One from nobody is our own.
function addMessage(from, text) {
  const before = $('log').lastElementChild;
  const follows = before?.dataset.from === (from?.id ?? 'me') && Date.now() - before.dataset.at < 3e5;
  const item = el('li', { className: 'message' + (from ? '' : ' own') + (follows ? ' follows' : '') },
    from ? avatar(from.name) : '',
    el('div', { className: 'bubble' },
      el('span', { className: 'from', textContent: from?.name ?? 'You', dir: 'auto' }),
      el('span', { className: 'text', textContent: text, dir: 'auto' }),
      el('time')),
    el('p', { className: 'failure' }));
  item.dataset.from = from?.id ?? 'me';
  item.dataset.at = Date.now();
  $('log').append(item);
  return item;
}

// stamp shows that a message has arrived, and when.
function stamp(item) {
  const now = new Date();
  item.dataset.at = now.getTime();
  Object.assign(item.querySelector('time'), {
    dateTime: now.toISOString(),
    title: now.toLocaleString(),
    textContent: now.toLocaleTimeString([], { timeStyle: 'short' }),
  });
}

function addNote(text) {
  $('log').append(el('li', { className: 'note', textContent: text }));
}

// ---- scrolling: the log follows the conversation as long as its end is in sight

let following = true;
let size = ''; // of the log and what is seen of it

function toEnd() {
  following = true;
  $('latest').hidden = true;
  $('scroll').scrollTop = $('scroll').scrollHeight;
  size = sizeNow();
}

function sizeNow() {
  return `${$('scroll').scrollHeight}/${$('scroll').clientHeight}`;
}

// noteScrolling notes where a person has scrolled to. The event comes late, a message may be faster.
function noteScrolling() {
  if (size !== sizeNow()) return; // not a person scrolls, the page is laid out anew
  const { scrollHeight, scrollTop, clientHeight } = $('scroll');
  following = scrollHeight - scrollTop - clientHeight < 60;
  if (following) $('latest').hidden = true;
}

$('scroll').addEventListener('scroll', noteScrolling, { passive: true });

const resized = new ResizeObserver(() => { // by a message, a turned phone, its keyboard
  size = sizeNow();
  if (following) toEnd();
});
resized.observe($('scroll'));
resized.observe($('log'));

$('latest').addEventListener('click', toEnd);

// ---- the field to write in

$('text').addEventListener('input', () => {
  grow();
  tellTyping($('text').value !== '');
});

$('text').addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $('compose').requestSubmit();
});

function grow() {
  const { style, value, maxLength } = $('text');
  style.height = 'auto';
  style.height = `${$('text').scrollHeight}px`;
  const left = maxLength - value.length;
  $('left').textContent = left <= 100 ? left : '';
}

// ---- small things

// ask emits an event that is acknowledged by nothing or {error: {message}}. It resolves to the error's text, or ''.
async function ask(event, argument) {
  try {
    const answer = await socket.timeout(10_000).emitWithAck(event, argument);
    return answer?.error.message ?? '';
  } catch {
    return 'Not delivered.'; // no answer in time, or the connection broke
  }
}

// tidy gives a name the form that the server wants: words with single spaces between them.
function tidy(name) {
  return name.trim().replace(/\s+/g, ' ');
}

function el(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function avatar(name) {
  const element = el('span', { className: 'avatar' });
  element.setAttribute('aria-hidden', 'true');
  paintAvatar(element, name);
  return element;
}

function paintAvatar(element, name) {
  let hash = 7;
  for (const c of name) hash = (hash * 31 + c.codePointAt(0)) % 3600;
  element.style.setProperty('--hue', (hash * 137) % 360);
  element.textContent = [...name][0].toLocaleUpperCase();
}

function showTitle() {
  document.title = (unseen ? `(${unseen}) ` : '') + (room ? `${room} · Chat` : 'Chat');
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) unseen = 0;
  showTitle();
});

// Wide windows show the side panes always: then they must not stay open as overlays.
matchMedia('(min-width: 900px)').addEventListener('change', () => {
  for (const pane of document.querySelectorAll('aside:popover-open')) pane.hidePopover();
});

if (sessionStorage.getItem('name')) enter(sessionStorage.getItem('name'));
