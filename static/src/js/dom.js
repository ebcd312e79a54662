// Short names for what every part does all day.
export const find = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const on = (event, handle) => document.addEventListener(event, handle);
