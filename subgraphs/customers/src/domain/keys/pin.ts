const PIN = /^\d{6,12}$/;

/** What people choose first besides what the rules below find (columns and crosses of a keypad, pairs in order). */
const COMMON = new Set(['147258', '159753', '147258369', '258456', '112233', '445566', '778899', '102030', '123654']);

/** Digits that go up or down by one, also from 9 to 0. */
const isRun = (pin: string, step: 1 | 9): boolean =>
  [...pin].every((digit, index) => index === 0 || Number(digit) === (Number(pin[index - 1]) + step) % 10);

/** The same one, two, three or more digits again and again, such as 121212; a last part may be cut off. */
const isRepetition = (pin: string): boolean => {
  for (let length = 1; length <= pin.length / 2; length += 1)
    if (pin === pin.slice(0, length).repeat(pin.length).slice(0, pin.length)) return true;
  return false;
};

/** Whether a text can be a PIN at all: 6 to 12 digits. */
export const isPin = (text: string): boolean => PIN.test(text);

/** Whether a PIN is among the first that somebody would try: repetitions, runs, patterns of a keypad, the person's own number. */
export const isTrivialPin = (pin: string, staffCode: string): boolean =>
  isRepetition(pin) ||
  isRun(pin, 1) ||
  isRun(pin, 9) ||
  COMMON.has(pin) ||
  COMMON.has([...pin].reverse().join('')) ||
  pin === staffCode.replace(/\D/g, '');
