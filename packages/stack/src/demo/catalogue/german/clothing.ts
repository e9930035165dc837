import type { GermanTexts } from './german-text.ts';

export const CLOTHING: GermanTexts = {
  'mens-skerry-rain-jacket': {
    title: 'Regenjacke Skerry für Herren',
    html: '<p>Drei Lagen, kein Futter, das klebt, und Belüftung unter den Armen, die lang genug ist. Die Kapuze dreht sich mit: Man sieht den Bus so gut wie den Regen.</p>',
  },
  'womens-skerry-rain-jacket': {
    title: 'Regenjacke Skerry für Damen',
    html: '<p>Die Jacke, mit der unsere Leute in Hamburg zur Arbeit gehen, was eine Prüfung für sich ist. Drei Lagen, Zweiwege-Reißverschluss, Taschen oberhalb des Hüftgurts.</p>',
  },
  'drizzle-city-coat': {
    title: 'Stadtmantel Drizzle',
    html: '<p>Ein knielanger Mantel, der in der Sitzung als Wolle durchgeht und auf dem Heimweg als Ölzeug. Der Schlitz hinten lässt sich für das Fahrrad aufknöpfen.</p>',
  },
  'pilot-mac': {
    title: 'Regenmantel Pilot',
    html: '<p>Außen gummierte Baumwolle, innen verklebte Nähte. So geschnitten, dass er über ein Sakko passt, ohne die Schultern des Vaters zu leihen.</p>',
  },
  'squall-ultralight-shell': {
    title: 'Ultraleichte Regenjacke Squall',
    html: '<p>158 Gramm in der eigenen Brusttasche. Nicht für eine Woche im Gebirge, sondern für die Stunde, in der die Vorhersage danebenlag.</p>',
  },
  'harbour-oilskin': {
    title: 'Öljacke Harbour',
    html: '<p>Die gelbe. Ohne PVC, verschweißt, mit Cordkragen und Druckknöpfen aus Messing, die auch mit kalten Fingern zugehen.</p>',
  },
  'puddle-kids-rain-jacket': {
    title: 'Kinderregenjacke Puddle',
    html: '<p>Warmes Futter, reflektierende Enten auf dem Rücken und eine Kapuze, die abgeht, bevor es der Ast tut. Die Ärmel wachsen um eine Größe mit.</p>',
  },
  'isle-rain-poncho': {
    title: 'Regenponcho Isle',
    html: '<p>Deckt Mensch und Rucksack und lässt sich flach zur Notunterlage aufknöpfen. Eine Größe passt wirklich fast allen.</p>',
  },
  'mens-skerry-rain-trousers': {
    title: 'Regenhose Skerry für Herren',
    html: '<p>Durchgehende Reißverschlüsse gehen ohne Tanz über die Stiefel. Verstärkt, wo Stiefel scheuern, mit einem Riegel für die Kettenseite.</p>',
  },
  'womens-skerry-rain-trousers': {
    title: 'Regenhose Skerry für Damen',
    html: '<p>Für Hüften geschnitten statt für eine Tabelle, mit hohem Rücken, der unter dem Rucksack oben bleibt. Die Reißverschlüsse öffnen auch von oben.</p>',
  },
  'pedal-rain-chaps': {
    title: 'Fahrrad-Regenbeinlinge Pedal',
    html: '<p>Auf dem Rad werden nur Oberschenkel und Knie nass: Genau die bleiben hiermit trocken, der Rest bleibt kühl. Zusammengerollt so groß wie eine Orange.</p>',
  },
  'gale-umbrella': {
    title: 'Sturmschirm Gale',
    html: '<p>Streben aus Glasfaser, die umschlagen, statt zu brechen, im Windkanal bis 100 km/h geprüft. Der Griff ist aus Esche, in der Steiermark gedrechselt.</p>',
  },
  'pocket-umbrella': {
    title: 'Taschenschirm',
    html: '<p>Achtzehn Zentimeter lang, 190 Gramm, mit einem Daumen offen. In unseren Läden zehn Jahre lang kostenlos repariert.</p>',
  },
  'mens-merino-base-layer': {
    title: 'Merino-Unterhemd für Herren',
    html: '<p>Merino mit 190 Gramm, in Portugal gestrickt und genäht, mit flachen Nähten, die kein Träger findet. Vier Tage getragen, und niemand merkt es.</p>',
  },
  'womens-merino-base-layer': {
    title: 'Merino-Unterhemd für Damen',
    html: '<p>Weich genug für bloße Haut, lang genug, um in der Hose zu bleiben. Daumenschlaufen halten die Bündchen unter den Handschuhen.</p>',
  },
  'merino-leggings': {
    title: 'Leggings aus Merinowolle',
    html: '<p>Ein Strick mit 250 Gramm für Schneetage und ungeheizte Kirchen. Der Bund ist breit, angeraut und rollt nicht.</p>',
  },
  'mens-grid-fleece': {
    title: 'Gitterfleece für Herren',
    html: '<p>Fleece mit Gitterrücken, der zwischen zwei Pässen am Körper trocknet. Eine Brusttasche für die Karte, sonst trägt nichts auf.</p>',
  },
  'womens-grid-fleece': {
    title: 'Gitterfleece für Damen',
    html: '<p>Die Schicht, die man morgens anzieht und am ersten Anstieg auszieht. Mit einer Öffnung für den Zopf in der Kapuze, weil jemand danach gefragt hat.</p>',
  },
  'shepherd-pile-jacket': {
    title: 'Florjacke Shepherd',
    html: '<p>Hochfloriges Fleece aus alten Flaschen, mit einer gewebten Passe gegen Funken und Rucksackträger. Die Jacke, die am Lagerfeuer verliehen wird.</p>',
  },
  'mens-eider-down-jacket': {
    title: 'Daunenjacke Eider für Herren',
    html: '<p>Daune mit 800 cuin, bis zum Hof zurückverfolgt, in einer weichen Hülle. Sie packt sich in die linke Tasche und wird zum Kissen im Nachtzug.</p>',
  },
  'womens-eider-down-jacket': {
    title: 'Daunenjacke Eider für Damen',
    html: '<p>Schmale Kammern halten die Daune dort, wo es kalt ist. Passt unter die Skerry, ohne sich zu bauschen.</p>',
  },
  'lapwing-insulated-gilet': {
    title: 'Warme Weste Lapwing',
    html: '<p>Wärme für den Rumpf, Freiheit für die Arme. Die Kunstfaser wärmt auch feucht, und feucht wird es im April.</p>',
  },
  'fisherman-jumper': {
    title: 'Fischerpullover',
    html: '<p>Unbehandelte Wolle mit ihrem Lanolin, so dicht gestrickt, dass sie den Wind abweist. Ein Stück Garn für den ersten Ellbogen liegt bei.</p>',
  },
  'boiled-wool-cardigan': {
    title: 'Strickjacke aus Walk',
    html: '<p>Tiroler Walk, gefilzt, bis er kein Futter mehr braucht. Hornknöpfe, zwei tiefe Taschen und keine Eile.</p>',
  },
  'watch-cap': {
    title: 'Seemannsmütze',
    html: '<p>Gerippte Lammwolle, lang genug, um sie ein- oder zweimal umzuschlagen. Sie sieht seit etwa 1940 richtig aus.</p>',
  },
  'merino-hiking-socks': {
    title: 'Wandersocken aus Merinowolle',
    html: '<p>Frottee unter Ferse und Ballen, dünn überall sonst. Wer binnen zwei Jahren ein Loch hineinläuft, bekommt neue.</p>',
  },
};
