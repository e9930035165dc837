/** An amount more exact than its currency's smallest unit: `minor` and `micros` millionths of it, 0 to 999,999. A hundred screws at 1.2345 cents. */
export interface PreciseAmount {
  readonly minor: number;
  readonly micros: number;
}
