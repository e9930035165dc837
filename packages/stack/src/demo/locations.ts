/** A place that holds stock; coordinates are the city's. */
export interface DemoLocation {
  readonly code: string;
  readonly name: string;
  readonly kind: 'WAREHOUSE' | 'STORE' | 'THIRD_PARTY';
  readonly street: string;
  readonly city: string;
  readonly province: string | null;
  readonly postalCode: string;
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly pickupOffered: boolean;
}

type Address = Pick<DemoLocation, 'street' | 'postalCode' | 'city' | 'country' | 'latitude' | 'longitude'>;

const warehouse = (code: string, name: string, address: Address): DemoLocation => ({
  code,
  name,
  kind: 'WAREHOUSE',
  province: null,
  ...address,
  pickupOffered: false,
});

const store = (code: string, name: string, address: Address): DemoLocation => ({
  ...warehouse(code, name, address),
  kind: 'STORE',
  pickupOffered: true,
});

const leipzig = { city: 'Leipzig', country: 'DE', latitude: 51.3397, longitude: 12.3731 };
const rotterdam = { city: 'Rotterdam', country: 'NL', latitude: 51.9244, longitude: 4.4777 };
const lyon = { city: 'Lyon', country: 'FR', latitude: 45.764, longitude: 4.8357 };
const birmingham = { city: 'Birmingham', country: 'GB', latitude: 52.4862, longitude: -1.8904 };
const columbus = { city: 'Columbus', country: 'US', latitude: 39.9612, longitude: -82.9988 };
const berlin = { city: 'Berlin', country: 'DE', latitude: 52.52, longitude: 13.405 };
const hamburg = { city: 'Hamburg', country: 'DE', latitude: 53.5511, longitude: 9.9937 };
const munich = { city: 'München', country: 'DE', latitude: 48.1351, longitude: 11.582 };
const vienna = { city: 'Wien', country: 'AT', latitude: 48.2082, longitude: 16.3738 };
const paris = { city: 'Paris', country: 'FR', latitude: 48.8566, longitude: 2.3522 };
const london = { city: 'London', country: 'GB', latitude: 51.5074, longitude: -0.1278 };
const amsterdam = { city: 'Amsterdam', country: 'NL', latitude: 52.3676, longitude: 4.9041 };

/** Five warehouses, one of them run by a partner, and seven stores. */
export const LOCATIONS: readonly DemoLocation[] = [
  warehouse('leipzig', 'Leipzig Central Warehouse', { street: 'Lagerhofstraße 14', postalCode: '04158', ...leipzig }),
  warehouse('rotterdam', 'Rotterdam Warehouse', { street: 'Havenloods 7', postalCode: '3089 JH', ...rotterdam }),
  warehouse('lyon', 'Entrepôt de Lyon', { street: 'Rue des Entrepôts 22', postalCode: '69007', ...lyon }),
  warehouse('birmingham', 'Birmingham Warehouse', { street: '3 Canalside Way', postalCode: 'B6 7EU', ...birmingham }),
  {
    ...warehouse('columbus', 'Columbus Fulfilment Partner', {
      street: '480 Depot Road',
      postalCode: '43207',
      ...columbus,
    }),
    kind: 'THIRD_PARTY',
    province: 'OH',
  },
  store('berlin-mitte', 'Berlin Mitte', { street: 'Torstraße 201', postalCode: '10115', ...berlin }),
  store('hamburg', 'Hamburg Altstadt', { street: 'Speicherbrücke 5', postalCode: '20095', ...hamburg }),
  store('munich', 'München Glockenbach', { street: 'Müllerstraße 58', postalCode: '80469', ...munich }),
  store('vienna', 'Wien Neubau', { street: 'Neubaugasse 33', postalCode: '1070', ...vienna }),
  store('paris', 'Paris Oberkampf', { street: 'Rue Oberkampf 61', postalCode: '75011', ...paris }),
  store('london', 'London Covent Garden', { street: '40 Earlham Street', postalCode: 'WC2H 9LH', ...london }),
  store('amsterdam', 'Amsterdam Negen Straatjes', { street: 'Hartenstraat 18', postalCode: '1016 CB', ...amsterdam }),
];

export const STORES: readonly DemoLocation[] = LOCATIONS.filter(({ kind }) => kind === 'STORE');
export const WAREHOUSES: readonly DemoLocation[] = LOCATIONS.filter(({ kind }) => kind !== 'STORE');
