import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './page.css';
import { createRoot } from 'react-dom/client';
import type { IdeOptions } from '../options.ts';
import { Ide } from './ide.tsx';

const options = JSON.parse(element('ide-options').textContent) as IdeOptions;

createRoot(element('ide')).render(<Ide options={options} bar={element('ide-bar')} />);

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element #${id}`);
  return found;
}
