/** A place on Earth, in degrees. */
export interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

/** A place that may tell where another one is. */
export interface KnownPlace {
  readonly locationId: string;
  readonly country: string;
  readonly postalCode: string | null;
  readonly point: Point | null;
}

/** Where something goes, as far as it was said. */
export interface Destination {
  readonly country: string;
  readonly postalCode: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
}

/** Mean radius of the Earth (IUGG). */
const EARTH_RADIUS_KM = 6_371.0088;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Great-circle distance by the haversine formula. */
export function distanceKm(a: Point, b: Point): number {
  const latitude = radians(b.latitude - a.latitude);
  const longitude = radians(b.longitude - a.longitude);
  const haversine =
    Math.sin(latitude / 2) ** 2 +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(longitude / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(haversine)));
}

/** A shorter common beginning says nothing: in many countries it is half the land. */
const MIN_PREFIX = 2;

const normalized = (postalCode: string | null): string => (postalCode ?? '').toUpperCase().replaceAll(/[^0-9A-Z]/g, '');

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}

/**
 * Where a destination lies: its own coordinates, else those of the place of the same country whose postal code is the same
 * or shares the longest beginning (two characters at least; the lower id of equals), else the middle of the country.
 * @param centroidOf the middle of a country by its alpha-2 code; null for an unknown one.
 */
export function locate(
  destination: Destination,
  places: readonly KnownPlace[],
  centroidOf: (country: string) => Point | null,
): Point | null {
  const { latitude, longitude, country } = destination;
  if (latitude !== null && longitude !== null) return { latitude, longitude };
  const wanted = normalized(destination.postalCode);
  let best: { readonly place: KnownPlace; readonly length: number } | null = null;
  for (const place of places) {
    if (place.country !== country || !place.point) continue;
    const code = normalized(place.postalCode);
    const length = code === wanted ? Number.POSITIVE_INFINITY : commonPrefix(code, wanted);
    if (wanted === '' || length < MIN_PREFIX) continue;
    if (!best || length > best.length || (length === best.length && place.locationId < best.place.locationId))
      best = { place, length };
  }
  return best?.place.point ?? centroidOf(country);
}
