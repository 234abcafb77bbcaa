/** German: the readiness checks. */
import type { CheckWords } from '../en/wizard-checks.js';
import type { Words } from '../vocabulary.js';

const check = (title: string, pass: string, warn: string, block: string, remedy: string): CheckWords => ({
  title,
  pass,
  warn,
  block,
  remedy,
});

export const checks: Words['wizard']['check']['known'] = {
  'open-transaction': check(
    'Nichts Unfertiges',
    'Keine frühere Arbeit von Understudy ist offen.',
    'Eine frühere Arbeit von Understudy ist offen.',
    'Eine frühere Arbeit von Understudy ist nicht abgeschlossen.',
    'Warten Sie, bis sie fertig ist. Wurde sie unterbrochen, stellen Sie wieder her: Sie wird abgeschlossen oder zurückgenommen.',
  ),
  'lock-held': check(
    'Kein anderes Paketprogramm',
    'Kein anderes Programm installiert gerade Pakete.',
    'Vielleicht installiert gerade ein anderes Programm Pakete.',
    'Ein anderes Programm installiert gerade Pakete.',
    'Warten Sie, bis es fertig ist, oder schließen Sie es.',
  ),
  'root-file-system': check(
    'Gesunde Dateisysteme',
    'Sie können beschrieben werden und melden keine Fehler.',
    'Ein Dateisystem hat vielleicht einen Fehler.',
    'Ein Dateisystem kann nicht beschrieben werden oder hat Fehler.',
    'Lassen Sie die Platte untersuchen, bevor Sie aktualisieren.',
  ),
  'overlay-support': check(
    'Das System lässt sich klonen',
    'Ein Klon ist möglich, und umgeschaltet wird in einem Schritt.',
    'Ein Klon ist möglich. Umgeschaltet wird beim Herunterfahren.',
    'Von diesem System lässt sich kein Klon machen.',
    'Die Seite Kernel zeigt, welche Wege es gibt.',
  ),
  room: check(
    'Platz auf der Platte',
    'Der Platz reicht.',
    'Der Platz reicht gerade noch.',
    'Der Platz reicht nicht.',
    'Schaffen Sie Platz, oder entfernen Sie alte Wiederherstellungspunkte.',
  ),
  'boot-room': check(
    'Platz für einen neuen Kernel',
    'Für alles, was starten muss, ist Platz.',
    'Für diesen Kernel ist Platz, für einen weiteren nicht.',
    'Für den neuen Kernel reicht der Platz nicht.',
    'Entfernen Sie einen Kernel, der nicht mehr benutzt wird, nie den laufenden.',
  ),
  'package-database': check(
    'Liste der Pakete',
    'Jedes Paket ist vollständig installiert.',
    'Einige Pakete sind nicht vollständig installiert.',
    'Die Liste der installierten Pakete ist unbrauchbar.',
    'Die Probe bringt Unfertiges zu Ende. Ist die Liste beschädigt, gehen Sie auf einen Wiederherstellungspunkt zurück.',
  ),
  'interrupted-packages': check(
    'Keine unterbrochene Installation',
    'Die letzte Installation endete ordentlich.',
    'Die letzte Installation wurde unterbrochen.',
    'Die letzte Installation wurde unterbrochen.',
    'Nichts zu tun: Sie wird in der Probe beendet, wo sie keinen Schaden anrichten kann.',
  ),
  'broken-packages': check(
    'Die Pakete passen zusammen',
    'Alle Pakete passen zusammen.',
    'Einige Pakete passen nicht zusammen.',
    'Einige Pakete passen nicht zusammen.',
    'Die Probe versucht, das zu beheben. Gelingt es nicht, wird nichts geändert.',
  ),
  'held-packages': check(
    'Nichts zurückgehalten',
    'Kein Paket wird zurückgehalten.',
    'Einige Pakete werden zurückgehalten.',
    'Einige Pakete werden zurückgehalten.',
    'Sie bleiben, wie sie sind. Geben Sie die frei, die Sie aktualisieren wollen.',
  ),
  archive: check(
    'Paketarchiv',
    'Seine Liste ist neu genug.',
    'Seine Liste ist alt, oder es ist vielleicht nicht erreichbar.',
    'Es kann nicht benutzt werden.',
    'Holen Sie die Liste neu, und prüfen Sie das Netz.',
  ),
  clock: check(
    'Uhr',
    'Die Uhr geht glaubhaft.',
    'Die Uhr geht vielleicht falsch.',
    'Die Uhr geht falsch.',
    'Stellen Sie die Uhr, oder schalten Sie ihren Abgleich ein.',
  ),
  power: check(
    'Strom',
    'Für die ganze Arbeit ist Strom da.',
    'Der Rechner läuft auf Akku.',
    'Der Akku ist zu leer.',
    'Schließen Sie den Rechner ans Netz an.',
  ),
  metered: check(
    'Netz ohne Volumengrenze',
    'Nichts deutet darauf hin, dass Daten hier Geld kosten.',
    'Daten kosten in diesem Netz vielleicht Geld.',
    'Daten kosten in diesem Netz vielleicht Geld.',
    'Nehmen Sie ein anderes Netz, oder gehen Sie weiter, wenn es Sie nicht stört.',
  ),
  'pending-reboot': check(
    'Kein Neustart steht aus',
    'Keine frühere Aktualisierung wartet auf einen Neustart.',
    'Eine frühere Aktualisierung wartet auf einen Neustart.',
    'Eine frühere Aktualisierung wartet auf einen Neustart.',
    'Starten Sie zuerst neu, wenn Sie können; sonst bringt der nächste Neustart beide Aktualisierungen.',
  ),
  'virtual-machine': check(
    'Start in einer virtuellen Maschine',
    'Wo dieser Computer es kann, startet das aktualisierte System zuerst in einer virtuellen Maschine.',
    'Das aktualisierte System kann nicht zuerst in einer virtuellen Maschine starten, wie es die Einstellungen wollen.',
    'Das aktualisierte System kann nicht zuerst in einer virtuellen Maschine starten, wie es die Einstellungen wollen.',
    'Installieren Sie QEMU, oder legen Sie in den Einstellungen anders fest, wann das geschieht.',
  ),
};
