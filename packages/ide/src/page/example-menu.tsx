import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import type { IdeExample } from '../options.ts';

/** Opens a chosen example in a new tab; it never overwrites what the visitor has typed. */
export function ExampleMenu({ examples }: { examples: IdeExample[] }) {
  const actions = useGraphiQLActions();
  const { queryEditor, variableEditor } = useGraphiQL(({ queryEditor, variableEditor }) => ({
    queryEditor,
    variableEditor,
  }));
  if (examples.length === 0) return null;

  function open({ query, variables = '' }: IdeExample): void {
    actions.addTab();
    queryEditor?.setValue(query);
    variableEditor?.setValue(variables);
    actions.updateActiveTabValues({ query, variables });
  }

  return (
    <label>
      Examples
      <select
        id="ide-examples"
        value=""
        onChange={(event) => {
          const example = examples[Number(event.target.value)];
          if (example) open(example);
        }}
      >
        <option value="" disabled>
          open in a new tab…
        </option>
        {examples.map(({ title }, index) => (
          <option key={index} value={index}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
