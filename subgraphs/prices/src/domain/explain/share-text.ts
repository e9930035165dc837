/** A share as people write it behind an amount: `+ 12.5 %`, `− 10 %`. */
export const signedShare = (basisPoints: number): string =>
  `${basisPoints < 0 ? '−' : '+'} ${Math.abs(basisPoints) / 100} %`;
