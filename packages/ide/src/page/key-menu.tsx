import { useState } from 'react';
import type { IdeKey } from '../options.ts';

const storageName = 'key';
const guest = 'guest';
const other = 'other';

interface KeyMenuProps {
  keys: IdeKey[];
  guests: boolean;
  storage: Storage | null;
  onChange: (key: string | undefined) => void;
}

/** Whom an earlier visit chose, if the service still offers it; else the guest where there are guests, else the first key. Only labels are ever stored. */
export function rememberedChoice(keys: IdeKey[], guests: boolean, storage: Storage | null): string {
  const stored = storage?.getItem(storageName);
  const index = keys.findIndex(({ label }) => label === stored);
  if (index >= 0) return String(index);
  return guests || keys.length === 0 || stored === guest ? guest : '0';
}

/** Chooses whom the page acts as: nobody, one of the demo keys, or a key that the visitor pastes (kept in memory only). */
export function KeyMenu({ keys, guests, storage, onChange }: KeyMenuProps) {
  const [choice, setChoice] = useState(() => rememberedChoice(keys, guests, storage));
  const chosen = keys[Number(choice)];

  function choose(next: string): void {
    const key = keys[Number(next)];
    setChoice(next);
    storage?.setItem(storageName, key?.label ?? guest);
    onChange(key?.key);
  }

  return (
    <>
      <label>
        Act as
        <select id="ide-key" value={choice} onChange={(event) => choose(event.target.value)}>
          <option value={guest}>{guests ? 'no key (guest)' : 'no key'}</option>
          {keys.map(({ label, description }, index) => (
            <option key={index} value={index} title={description}>
              {label}
            </option>
          ))}
          <option value={other}>another key…</option>
        </select>
      </label>
      {choice === other && <OtherKey onChange={onChange} />}
      <span id="ide-key-description">{chosen?.description}</span>
    </>
  );
}

/** Takes the key when the visitor has finished typing: each new key reads the schema again. */
function OtherKey({ onChange }: Pick<KeyMenuProps, 'onChange'>) {
  return (
    <input
      id="ide-other-key"
      type="text"
      autoFocus
      autoComplete="off"
      spellCheck={false}
      placeholder="key or token, then Enter"
      aria-label="Key or token"
      onBlur={(event) => onChange(event.target.value.trim() || undefined)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
      }}
    />
  );
}
