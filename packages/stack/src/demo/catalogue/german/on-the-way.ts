import type { GermanTexts } from './german-text.ts';

export const ON_THE_WAY: GermanTexts = {
  'grat-45-trekking-pack': {
    title: 'Trekkingrucksack Grat 45',
    html: '<p>Ein Rucksack von Hütte zu Hütte, dessen Rahmen sich mitbewegt. Der Hüftgurt lässt sich warm anpassen, und unsere Läden tun es.</p>',
  },
  'grat-65-trekking-pack': {
    title: 'Trekkingrucksack Grat 65',
    html: '<p>Für die Woche ohne Laden. Trägt 20 Kilo klaglos, öffnet sich vorn wie ein Koffer, und sein Deckel wird zur Gipfeltasche.</p>',
  },
  'kar-22-day-pack': {
    title: 'Tagesrucksack Kar 22',
    html: '<p>Ein Netzrücken hält die Last vom Hemd fern, im Boden steckt eine Regenhülle. An die Flaschen in den Seitentaschen kommt man, ohne abzusetzen.</p>',
  },
  'kar-30-day-pack': {
    title: 'Tagesrucksack Kar 30',
    html: '<p>Acht Liter mehr als sein Bruder, für Tage mit Ersatzjacke, Handschuhen und Thermosflasche. Die Pickelschlaufen verschwinden, wenn es nur ein Sonntagsspaziergang ist.</p>',
  },
  'sattel-pannier-pack': {
    title: 'Fahrradtasche und Rucksack Sattel',
    html: '<p>Eine Packtasche, die an der Bürotür zum Rucksack wird, ohne Haken im Rücken. Verschweißte Nähte, Rollverschluss, ein Fach für den Laptop bis 16 Zoll.</p>',
  },
  'kessler-roll-top': {
    title: 'Rollrucksack Kessler',
    html: '<p>Gewachstes Segeltuch und Zaumleder, gemacht, um im fünften Jahr besser auszusehen als im ersten. Rollt auf für den Einkauf, der nicht geplant war.</p>',
  },
  'gipfel-kids-pack': {
    title: 'Kinderrucksack Gipfel',
    html: '<p>Ein richtiger Rucksack in klein: Brustgurt mit Pfeife, eine Tasche für gefundene Steine, innen ein Namensschild. Für vier bis acht Jahre.</p>',
  },
  'pack-rain-cover': {
    title: 'Regenhülle für Rucksäcke',
    html: '<p>Rundum Gummizug, ein Riemen über dem Rücken, damit Böen sie nicht mitnehmen. In einem Gelb, das Autofahrer von Weitem sehen.</p>',
  },
  'mens-karren-mid-boots': {
    title: 'Wanderstiefel Karren für Herren',
    html: '<p>Nubuk aus einer Gerberei in Kärnten über einer wasserdichten Membran. Bequem ab der Ladentür, neu besohlbar, wenn das Profil fort ist.</p>',
  },
  'womens-karren-mid-boots': {
    title: 'Wanderstiefel Karren für Damen',
    html: '<p>Auf eigenem Leisten gebaut: schmalere Ferse, niedrigerer Schaft, mehr Platz für die Zehen bergab. Die Stollen werfen den Schlamm selbst ab.</p>',
  },
  'mens-doline-trail-shoes': {
    title: 'Trailschuhe Doline für Herren',
    html: '<p>Stollen von vier Millimetern, eine Platte gegen Steine unter dem Vorfuß und ein Obermaterial, das nach wenigen Schritten leerläuft. Für schnelle Tage auf langsamem Grund.</p>',
  },
  'womens-doline-trail-shoes': {
    title: 'Trailschuhe Doline für Damen',
    html: '<p>Leicht, flach und griffig auf nassem Kalk, nach dem wir sie benannt haben. Eine Öse für Gamaschen an der Spitze, eine Schlaufe an der Ferse.</p>',
  },
  'polje-approach-shoes': {
    title: 'Zustiegsschuhe Polje',
    html: '<p>Haftender Gummi bis an die Zehen für die Kletterstelle und genug Dämpfung für den Schotterweg, der zu ihr führt.</p>',
  },
  'ponor-river-sandals': {
    title: 'Flusssandalen Ponor',
    html: '<p>An drei Stellen verstellbar, Gurte, die kein Wasser ziehen, und eine Sohle, die auf Flusssteinen haftet. Vegan und stolz auf ihre Bräunungsstreifen.</p>',
  },
  'felted-hut-slippers': {
    title: 'Hüttenschuhe aus Filz',
    html: '<p>In einem Stück nass gefilzt, mit einer Sohle aus Naturkautschuk für den Gang zum Holzstoß. Das Paar, nach dem Gäste fragen.</p>',
  },
  'leather-care-kit': {
    title: 'Lederpflegeset',
    html: '<p>Bienenwachsbalsam, eine Rosshaarbürste und ein Baumwolltuch in der Dose. Zehn Minuten im Herbst schenken den Stiefeln ein Jahr.</p>',
  },
  'steel-bottle': {
    title: 'Edelstahlflasche',
    html: '<p>Eine Wand Stahl, eine Öse, innen kein Kunststoff. Im Notfall auf den Kocher, sonst auf den Schreibtisch.</p>',
  },
  'insulated-bottle': {
    title: 'Isolierflasche',
    html: '<p>Tee ist nach sechs Stunden noch zu heiß und nach achtzehn noch warm; wir saßen mit dem Thermometer daneben. Der Deckel ist die Tasse.</p>',
  },
  'commuter-tumbler': {
    title: 'Kaffeebecher für unterwegs',
    html: '<p>Öffnet auf Daumendruck und schließt mit einem Klick, dem man neben dem Laptop traut. Passt unter die meisten Espressomaschinen.</p>',
  },
  'soft-flask': {
    title: 'Faltflasche für Läufer',
    html: '<p>Schrumpft beim Trinken, sodass nichts schwappt. Das Beißventil lässt sich für den Heimweg verriegeln.</p>',
  },
  'hydration-reservoir': {
    title: 'Trinkblase',
    html: '<p>Die ganze Oberkante öffnet sich: Man trocknet sie mit dem Geschirrtuch, statt zu hoffen. Passt in die Fächer aller Rucksäcke von Oberland.</p>',
  },
  'trail-lantern': {
    title: 'Klapplaterne Trail',
    html: '<p>Eine faltbare Kerzenlaterne aus Messing und Glimmer, nach einer von 1910 gebaut und von Hand nummeriert. Die Werkstatt macht zwanzig auf einmal; sind sie fort, sind sie fort.</p>',
  },
  'fathom-head-torch': {
    title: 'Stirnlampe Fathom',
    html: '<p>450 Lumen, ein Rotlicht, das die Augen und den Zeltnachbarn schont, und ein Drehknopf für Handschuhe. Lädt über USB-C und nimmt AAA-Zellen, wo es keine Steckdose gibt.</p>',
  },
  'spark-head-torch': {
    title: 'Stirnlampe Spark',
    html: '<p>Die einfache: ein Knopf, eine Batterie, genug Licht für den Weg zum Waschhaus. Liegt jahrelang im Handschuhfach und geht trotzdem an.</p>',
  },
  'glow-camp-lantern': {
    title: 'Campinglaterne Glow',
    html: '<p>Warmes, dimmbares Licht von 2 bis 350 Lumen für bis zu neun Nächte. Hängt an der Firstleine, steht auf dem Tisch, lädt zur Not ein Telefon.</p>',
  },
  'whittling-set-for-kids': {
    title: 'Schnitzset für Kinder',
    html: '<p>Ein Messer mit runder Spitze und Fingerschutz, eine Scheide, ein Heft mit acht Dingen zum Schnitzen. Für Kinder ab sechs, neben einem Erwachsenen mit Geduld.</p>',
  },
};
