/** German: rollback. */
import type { Say } from '../say.js';
import type { Words } from '../vocabulary.js';

export const rollback = (say: Say): Words['rollback'] => ({
  title: 'Zurück auf die Zeit vor dieser Aktualisierung?',
  to: (title, when) => `Zurück auf das System von: ${when}. ${title}.`,
  looking: 'Es wird ermittelt, was verloren ginge …',
  lost: 'Was Sie verlieren würden',
  lostNothing: 'Nichts von Ihnen ginge verloren.',
  lostPackages: (count) =>
    say.plural(count, {
      one: '# Paket, das seither installiert oder geändert wurde',
      other: '# Pakete, die seither installiert oder geändert wurden',
    }),
  lostFiles: (count) =>
    say.plural(count, {
      one: '# seither geänderte Datei geht zurück',
      other: '# seither geänderte Dateien gehen zurück',
    }),
  kept: 'Was bleibt',
  keptFiles: (count) =>
    say.plural(count, {
      one: '# Ihrer Dateien bleibt, wie sie ist',
      other: '# Ihrer Dateien bleiben, wie sie sind',
    }),
  keptAlways:
    'Ihre Dokumente, Ihre E-Mails und alles andere in Ihrem persönlichen Ordner bleiben, wie sie sind.',
  aside: (place) => `Ihre Fassungen der Dateien, die zurückgehen, werden aufbewahrt in ${place}`,
  confirm: 'Zurücknehmen',
  unusable: 'Dieser Wiederherstellungspunkt kann nicht benutzt werden',
  gone: 'Es gibt nichts, wohin man zurück könnte.',
});
