import { useState } from 'react';
import type { IdeKey } from '../options.ts';

const storageName = 'key';
const guest = 'guest';
const other = 'other';

interface KeyMenuProps {
  keys: IdeKey[];
  storage: Storage | null;
  onChange: (key: string | undefined) => void;
}

/** The demo key chosen on an earlier visit, if the service still offers it. Only its label is ever stored. */
export function rememberedKey(keys: IdeKey[], storage: Storage | null): string | undefined {
  return keys.find(({ label }) => label === storage?.getItem(storageName))?.key;
}

/** Chooses whom the page acts as: nobody, one of the demo keys, or a key that the visitor pastes (kept in memory only). */
export function KeyMenu({ keys, storage, onChange }: KeyMenuProps) {
  const [choice, setChoice] = useState(() => {
    const index = keys.findIndex(({ label }) => label === storage?.getItem(storageName));
    return index < 0 ? guest : String(index);
  });
  const chosen = keys[Number(choice)];

  function choose(next: string): void {
    const key = keys[Number(next)];
    setChoice(next);
    if (key) storage?.setItem(storageName, key.label);
    else storage?.removeItem(storageName);
    onChange(key?.key);
  }

  return (
    <>
      <label>
        Act as
        <select id="ide-key" value={choice} onChange={(event) => choose(event.target.value)}>
          <option value={guest}>no key (guest)</option>
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
