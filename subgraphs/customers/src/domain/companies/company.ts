/** An organisation that buys. */
export interface Company {
  readonly id: string;
  readonly name: string;
  readonly taxId: string | null;
}
