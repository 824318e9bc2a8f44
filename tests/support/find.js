// arguments: role, name, mustBeEnabled. Returns the first visible element of that role whose accessible name is `name`,
// or else whose name contains it. The role "testid" looks for data-testid instead.
const [role, wanted, mustBeEnabled] = arguments;
const native = {
  alert: '', button: 'button,summary,input[type=submit],input[type=button]', checkbox: 'input[type=checkbox]',
  combobox: 'select', dialog: 'dialog', heading: 'h1,h2,h3,h4,h5,h6', img: 'img', link: 'a[href]', list: 'ul,ol',
  listitem: 'li', main: 'main', menuitem: '', navigation: 'nav', option: 'option', radio: 'input[type=radio]',
  region: 'section', row: 'tr', status: 'output', switch: '', tab: '', table: 'table',
  textbox: 'textarea,input:not([type]),' + ['text', 'url', 'password', 'email', 'search', 'number', 'tel'].map((t) => `input[type=${t}]`).join(),
};
const selector = role === 'testid' ? `[data-testid="${CSS.escape(wanted)}"]` : [`[role="${role}"]`, native[role]].filter(Boolean).join();
const squeeze = (text) => (text ?? '').replace(/\s+/g, ' ').trim().toLowerCase();
const texts = (elements) => squeeze([...elements].map((e) => e.innerText || e.textContent).join(' '));
const name = (e) => {
  const by = (e.getAttribute('aria-labelledby') ?? '').split(/\s+/).map((id) => document.getElementById(id)).filter(Boolean);
  if (by.length) return texts(by);
  if (e.getAttribute('aria-label')) return squeeze(e.getAttribute('aria-label'));
  if (e.labels?.length) return texts(e.labels);
  const own = ['INPUT', 'TEXTAREA', 'SELECT'].includes(e.tagName) ? (e.type === 'submit' ? e.value : '') : e.innerText;
  return squeeze(own || e.getAttribute('alt') || e.getAttribute('title') || e.getAttribute('placeholder'));
};
const usable = (e) =>
  e.checkVisibility({ visibilityProperty: true }) &&
  !e.closest('[aria-hidden="true"],[inert]') &&
  // A role in the markup replaces the one that the tag would give.
  (role === 'testid' || !e.hasAttribute('role') || e.getAttribute('role') === role) &&
  !(mustBeEnabled && (e.disabled || e.getAttribute('aria-disabled') === 'true'));
const found = [...document.querySelectorAll(selector)].filter(usable);
if (role === 'testid') return found[0] ?? null;
const sought = squeeze(wanted);
return found.find((e) => name(e) === sought) ?? found.find((e) => name(e).includes(sought)) ?? null;
