import type fc from 'fast-check';
import type { RealStock } from './real-stock.ts';
import type { StockModel } from './stock-model.ts';

/** One kind of thing that can happen to stock: what the model says comes of it, and how it is done for real. */
export interface MachineCommand<Step> {
  readonly name: string;
  /** How often it is chosen, beside the others. */
  readonly weight: number;
  readonly steps: fc.Arbitrary<Step>;
  /** Changes the model. @returns the outcome that is expected of `perform`. */
  expect(model: StockModel, step: Step): unknown;
  /** @returns the outcome, with numbers for ids. */
  perform(real: RealStock, step: Step): Promise<unknown>;
}

/** Something that happens, with what it is called in a counterexample. */
export interface Happening {
  readonly name: string;
  readonly step: unknown;
  expect(model: StockModel): unknown;
  perform(real: RealStock): Promise<unknown>;
  /** How it reads in a counterexample. */
  toString(): string;
}

/** A command with a step of its own. */
export const happening = <Step>(command: MachineCommand<Step>, step: Step): Happening => ({
  name: command.name,
  step,
  expect: (model) => command.expect(model, step),
  perform: (real) => command.perform(real, step),
  toString: () => `${command.name} ${JSON.stringify(step)}`,
});
