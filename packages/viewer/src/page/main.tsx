import { render } from 'preact';
import { App } from './app.js';
import { followLinks } from './location.js';

followLinks();
const container = document.getElementById('page');
if (container !== null) render(<App />, container);
