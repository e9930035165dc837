import type { GermanTexts } from './german-text.ts';

export const CAMPING: GermanTexts = {
  'alder-2-tent': {
    title: 'Zelt Alder 2',
    html: '<p>Ein Tunnelzelt für zwei, das einer allein in vier Minuten aufbaut, Innen- und Außenzelt zugleich. Die Apsis schluckt zwei volle Rucksäcke und lässt trotzdem einen trockenen Weg hinaus.</p>',
  },
  'alder-3-tent': {
    title: 'Zelt Alder 3',
    html: '<p>Das Alder mit Platz für einen dritten Schläfer, oder für zwei, die den Hund dabeihaben. Mit zwei Eingängen steigt nachts niemand über den anderen.</p>',
  },
  'sedge-solo-tent': {
    title: 'Einpersonenzelt Sedge Solo',
    html: '<p>Steht auf einem Trekkingstock und ist verpackt kleiner als ein Laib Brot. Mit 890 Gramm ist es das Zelt für Touren, auf die man vielleicht keines mitgenommen hätte.</p>',
  },
  'rookery-family-tent': {
    title: 'Familienzelt Rookery',
    html: '<p>Zwei verdunkelte Schlafkabinen und ein Wohnraum, in dem man steht. Die Gestängebögen sind farbig markiert, denn spät mit Kindern anzukommen ist schwer genug.</p>',
  },
  'heronry-four-season-tent': {
    title: 'Vierjahreszeitenzelt Heronry',
    html: '<p>Ein Geodät für Schneelast und Gratwind, oberhalb der Baumgrenze im Jotunheimen erprobt. Schneelappen und zwölf Abspannpunkte gehören zum Zelt, nicht zum Zubehör.</p>',
  },
  'wader-tarp': {
    title: 'Tarp Wader',
    html: '<p>Silnylon mit neunzehn verstärkten Schlaufen: ein Dach über dem Frühstück, ein Windschutz am Strand, ein Unterstand für die Nacht. Die Leinen leuchten im Licht der Stirnlampe.</p>',
  },
  'reed-bivvy-bag': {
    title: 'Biwaksack Reed',
    html: '<p>Eine wasserdichte, atmungsaktive Hülle für Nächte unter freiem Himmel. Eine dicke Matte passt mit hinein, damit man auf ihr liegen bleibt.</p>',
  },
  'canopy-hammock': {
    title: 'Hängematte Canopy',
    html: '<p>Breit genug, um quer zum Gewebe zu liegen und flach zu schlafen. <strong>Baumgurte sind dabei</strong> und schonen die Rinde.</p>',
  },
  'groundsheet-footprint': {
    title: 'Zeltunterlage',
    html: '<p>Schützt den Zeltboden vor Steinen und Dornen und lässt sich abspritzen. Eine Handbreit kleiner geschnitten als das Zelt, damit sich kein Regen sammelt.</p>',
  },
  'storm-peg-set': {
    title: 'Sturmheringe, Zehnersatz',
    html: '<p>Zehn Y-Heringe aus Aluminium mit Zugschlaufen, in einem Beutel, dessen Nähte halten. Sie sitzen, wo sich runde verbiegen.</p>',
  },
  'vole-down-sleeping-bag': {
    title: 'Daunenschlafsack Vole',
    html: '<p>Recycelte Daune mit 700 cuin für Nächte bis −3 °C, in einer Hülle, die leiser raschelt als die meisten. Die Kapuze schließt mit einer Hand und ohne Streit.</p>',
  },
  'badger-winter-sleeping-bag': {
    title: 'Winterschlafsack Badger',
    html: '<p>Behaglich bis −15 °C, mit Wärmekragen und Kammern ohne kalte Naht. So bemessen, dass die Kleidung für morgen die Nacht am Fußende verbringt.</p>',
  },
  'dormouse-kids-sleeping-bag': {
    title: 'Kinderschlafsack Dormouse',
    html: '<p>Wächst um 30 Zentimeter, wenn man den Reißverschluss am Fußende öffnet. Maschinenwaschbar, aus Gründen, die Eltern kennen.</p>',
  },
  'hare-summer-quilt': {
    title: 'Sommerquilt Hare',
    html: '<p>Eine Decke, die sich an der Matte festmacht und die Füße hinauslässt, wenn die Nacht warm ist. Halb so groß wie der Schlafsack, den sie von Mai bis September ersetzt.</p>',
  },
  'merino-sleeping-bag-liner': {
    title: 'Schlafsackinlett aus Merinowolle',
    html: '<p>Bringt jedem Schlafsack etwa fünf Grad und hält ihn sauber. Allein ist es der Hüttenschlafsack, den die Berghütte verlangt.</p>',
  },
  'silk-travel-sheet': {
    title: 'Reiseschlafsack aus Seide',
    html: '<p>Maulbeerseide mit Kissenfach, in einem Beutel von der Größe eines Apfels. Für Herbergen, Nachtzüge und Gästezimmer zweifelhaften Rufs.</p>',
  },
  'brook-insulated-mat': {
    title: 'Isomatte Brook',
    html: '<p>Acht Zentimeter Luft über einer reflektierenden Schicht, R-Wert 4,2, und ein Stoff, der beim Umdrehen nicht knistert. Der Packsack ist zugleich die Pumpe.</p>',
  },
  'meadow-self-inflating-mat': {
    title: 'Selbstaufblasende Matte Meadow',
    html: '<p>Ventil auf, Wasser aufsetzen, zurück zu einem Bett. Zwei davon lassen sich zum Doppelbett verbinden.</p>',
  },
  'flint-foam-mat': {
    title: 'Faltmatte Flint',
    html: '<p>Faltbarer, geschlossenzelliger Schaum: kein Loch, keine Luft, nichts, was brechen könnte. Auch der beste Platz bei jeder Mittagsrast.</p>',
  },
  'pebble-inflatable-pillow': {
    title: 'Aufblasbares Kissen Pebble',
    html: '<p>Ein weicher Bezug über einer Luftblase: mit drei Atemzügen voll, und es bleibt dort, wo der Kopf ist. Wiegt so viel wie zwei Briefe.</p>',
  },
  'compression-stuff-sack': {
    title: 'Kompressionsbeutel',
    html: '<p>Vier Riemen bringen einen bauschigen Schlafsack auf halbe Größe. Der Deckel ist wasserdicht, die Nähte sind verklebt.</p>',
  },
  'ember-gas-stove': {
    title: 'Gaskocher Ember',
    html: '<p>Faltet sich in eine Faust und kocht einen Liter in dreieinhalb Minuten. Der breite Brenner köchelt so gut, wie er faucht: Es müssen nicht immer Nudeln sein.</p>',
  },
  'twig-stove': {
    title: 'Holzkocher Twig',
    html: '<p>Verbrennt, was der Wald fallen lässt, fast ohne Rauch: Die doppelte Wand wärmt die Luft vor. <em>Waldbrandstufen beachten.</em></p>',
  },
  'canteen-pot-set': {
    title: 'Topfset Canteen',
    html: '<p>Zwei Töpfe, eine Pfanne und ein Griff, ineinandergestapelt um eine Gaskartusche. Hart eloxiert, unbeschichtet, sauber mit einer Handvoll Sand.</p>',
  },
  'cast-iron-skillet': {
    title: 'Gusseiserne Pfanne',
    html: '<p>Im Siegerland gegossen, mit Leinöl eingebrannt, auf Induktion zu Hause wie auf der Glut. Die Enkel werden sich um sie streiten.</p>',
  },
  'enamel-mug': {
    title: 'Emailletasse',
    html: '<p>Stahl, zwei Schichten Emaille, ein gerollter Rand. Eines Tages platzt ein Stück ab, und man wird wissen, wo das war.</p>',
  },
};
