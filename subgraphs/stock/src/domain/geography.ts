/** A point on the earth in degrees, WGS 84. */
export interface GeoPoint {
  /** North, -90 to 90. */
  readonly latitude: number;
  /** East, -180 to 180. */
  readonly longitude: number;
}

/** A rectangle of degrees that does not cross the antimeridian; its borders belong to it. */
export interface GeoBox {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** The mean radius of the earth (IUGG), on which distances are measured; `stock.distance_km` has the same. */
const EARTH_RADIUS_KM = 6_371.0088;
/** About a centimetre: what floating point loses must not cut off a place at the border. */
const MARGIN_DEGREES = 1e-7;

const radians = (degrees: number) => (degrees * Math.PI) / 180;
const degrees = (angle: number) => (angle * 180) / Math.PI;

/** Whether both are in range: what is not a number never is. */
export const isGeoPoint = ({ latitude, longitude }: GeoPoint): boolean =>
  Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;

/**
 * Degrees to a tenth of a millimetre. PostgreSQL refuses to multiply what is closer to zero than that makes sense, which anybody could
 * send (`1e-300`).
 */
export const roundedDegrees = (value: number): number => Math.round(value * 1e9) / 1e9 + 0;

/** The great-circle distance by the haversine formula, in kilometres. */
export function distanceKm(a: GeoPoint, b: GeoPoint): number {
  const half =
    Math.sin(radians(b.latitude - a.latitude) / 2) ** 2 +
    Math.cos(radians(a.latitude)) *
      Math.cos(radians(b.latitude)) *
      Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, half)));
}

/**
 * Rectangles that hold every point within a distance, and some beyond: one, or two where the circle crosses the antimeridian. A circle that
 * holds a pole reaches all longitudes.
 * @param radiusKm above 0.
 */
export function boxesAround(center: GeoPoint, radiusKm: number): readonly [GeoBox] | readonly [GeoBox, GeoBox] {
  const angle = radiusKm / EARTH_RADIUS_KM;
  const reach = degrees(angle) + MARGIN_DEGREES;
  const south = Math.max(-90, center.latitude - reach);
  const north = Math.min(90, center.latitude + reach);
  if (south === -90 || north === 90) return [{ west: -180, south, east: 180, north }];

  // The circle is widest where a meridian touches it, which is nearer to the pole than its centre.
  const wide = Math.asin(Math.min(1, Math.sin(angle) / Math.cos(radians(center.latitude))));
  const west = center.longitude - degrees(wide) - MARGIN_DEGREES;
  const east = center.longitude + degrees(wide) + MARGIN_DEGREES;
  if (west >= -180 && east <= 180) return [{ west, south, east, north }];
  // 180 degrees east and west are the same line.
  return [
    { west: west < -180 ? west + 360 : west, south, east: 180, north },
    { west: -180, south, east: east > 180 ? east - 360 : east, north },
  ];
}
