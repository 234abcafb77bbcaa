/** German: problems. */
import type { ProblemText } from '../en/problems.js';
import type { Words } from '../vocabulary.js';

const text = (sentence: string, hint: string): ProblemText => ({ sentence, hint });

export const problems = (): Words['problems'] => ({
  title: 'Was schiefging',
  unknown: 'Es geschah etwas, das diese Version nicht kennt.',
  code: 'Kennung',
  copyReport: 'Einzelheiten für einen Fehlerbericht kopieren',
  reportTitle: 'Einzelheiten für einen Fehlerbericht',
  reportDetail: 'Ohne Namen von Menschen oder Rechnern. Nichts wird gesendet, es wird nur kopiert.',
  reportFailed: 'Die Einzelheiten konnten nicht gesammelt werden.',
  showReport: 'Zeigen, was kopiert wird',
  codes: {
    USAGE: text('Die Anfrage wurde nicht verstanden.', 'Bitte melden Sie dies mit den Einzelheiten.'),
    NOT_ROOT: text('Dies braucht mehr Rechte.', 'Entsperren Sie zuerst und versuchen Sie es dann erneut.'),
    NOT_A_ROOT_TREE: text(
      'Der Ordner enthält kein Linux-System.',
      'Starten Sie Understudy auf einem installierten System.',
    ),
    UNSUPPORTED_SYSTEM: text(
      'Keine unterstützte Paketverwaltung wurde gefunden.',
      'Die Seite „Kernel“ zeigt, was Understudy auf diesem Rechner fand.',
    ),
    CANCELLED: text(
      'Die Arbeit wurde auf Ihren Wunsch angehalten.',
      'Nichts wurde geändert. Sie können jederzeit neu beginnen.',
    ),
    COMMAND_FAILED: text(
      'Ein Befehl des Systems schlug fehl.',
      'Die Einzelheiten nennen den Befehl und seine letzten Worte.',
    ),
    COMMAND_TIMED_OUT: text(
      'Ein Befehl des Systems dauerte zu lange und wurde angehalten.',
      'Versuchen Sie es erneut; siehe die Einzelheiten.',
    ),
    INTERNAL: text('Etwas Unerwartetes ist geschehen.', 'Bitte melden Sie es mit den Einzelheiten.'),
    BUSY_UNDERSTUDY: text(
      'Ein anderes Understudy arbeitet an diesem System.',
      'Warten Sie, bis es fertig ist.',
    ),
    BUSY_PACKAGES: text(
      'Eine andere Paketverwaltung arbeitet an diesem System.',
      'Warten Sie, bis sie fertig ist, oder schließen Sie sie.',
    ),
    BUSY_ACCOUNTS: text(
      'Ein anderes Programm ändert gerade die Konten dieses Systems.',
      'Warten Sie, bis es fertig ist.',
    ),
    ARCHIVE_UNREACHABLE: text(
      'Das Paketarchiv war nicht zu erreichen.',
      'Prüfen Sie das Netz und versuchen Sie es erneut. Was heruntergeladen wurde, bleibt erhalten.',
    ),
    ARCHIVE_INCONSISTENT: text(
      'Das Paketarchiv wird gerade geändert.',
      'Versuchen Sie es in einigen Minuten erneut.',
    ),
    ARCHIVE_UNTRUSTED: text(
      'Die Unterschrift des Paketarchivs fehlt oder ist falsch.',
      'Nichts wurde daraus installiert. Die Einzelheiten nennen die Quelle.',
    ),
    ARCHIVE_EXPIRED: text(
      'Die Liste des Paketarchivs ist abgelaufen.',
      'Prüfen Sie Datum und Uhrzeit dieses Rechners. Stimmen sie, ist das Archiv veraltet.',
    ),
    PACKAGES_BROKEN: text(
      'Die Pakete passen nicht zusammen.',
      'Die Einzelheiten nennen die betroffenen Pakete.',
    ),
    PARTIAL_UPGRADE: text(
      'Die Pakete dieses Systems werden nur gemeinsam aktualisiert.',
      'Wählen Sie alle Aktualisierungen. Einzelne könnten Programmen ihre Bibliotheken nehmen.',
    ),
    SECURITY_UNKNOWN: text(
      'Das Paketarchiv sagt nicht, welche Aktualisierungen der Sicherheit dienen.',
      'Wählen Sie alle Aktualisierungen. Was es an Korrekturen gibt, ist dabei.',
    ),
    HOUR_OUT_OF_RANGE: text(
      'Ein Umschalten lässt sich für einen Zeitpunkt in den nächsten sieben Tagen vorsehen.',
      'Wählen Sie eine Uhrzeit, die noch kommt.',
    ),
    HOUR_UNATTENDED: text(
      'Zu diesem Zeitpunkt wäre niemand da, der umschaltet.',
      'Installieren Sie Understudy auf diesem System, oder schalten Sie beim nächsten Herunterfahren um.',
    ),
    CHANGELOG_UNAVAILABLE: text(
      'Was in diesem Paket neu ist, ließ sich nicht finden.',
      'Es kommt mit dem Paket: sehen Sie bei der Durchsicht noch einmal nach, oder mit einem Netz.',
    ),
    PLAN_UNKNOWN: text('Diesen Plan gibt es nicht mehr.', 'Suchen Sie erneut nach Aktualisierungen.'),
    PLAN_STALE: text(
      'Was angeboten wird oder installiert ist, hat sich seit dem Plan geändert.',
      'Suchen Sie erneut nach Aktualisierungen und sehen Sie den neuen Plan an.',
    ),
    NOTHING_TO_DO: text('Alles ist auf dem neuesten Stand.', 'Es gibt nichts zu erproben.'),
    STAGE_UNKNOWN: text('Diese Probe gibt es nicht mehr.', 'Erproben Sie die Aktualisierung erneut.'),
    STAGE_DAMAGED: text(
      'Das erprobte System wurde seither verändert oder beschädigt.',
      'Es wird nicht benutzt. Erproben Sie die Aktualisierung erneut.',
    ),
    STAGE_UNVERIFIED: text(
      'Das erprobte System hat seine Prüfungen nicht bestanden.',
      'Es wird nicht angeboten. Die Durchsicht zeigt, was fehlschlug.',
    ),
    STAGE_STALE: text(
      'Seit der Probe wurden Pakete installiert oder entfernt.',
      'Erproben Sie erneut: dann beginnt es mit dem System, wie es jetzt ist.',
    ),
    CHANGED_MEANWHILE: text(
      'Dateien, die die Aktualisierung ändert, wurden inzwischen von anderen geändert und lassen sich nicht zusammenführen.',
      'Wo die Durchsicht beide Fassungen zeigt, entscheiden Sie dort. Sonst erproben Sie erneut: dann beginnt es mit den Dateien, wie sie jetzt sind.',
    ),
    PACKAGE_SCRIPT_FAILED: text(
      'Ein Paket ließ sich in der Probe nicht installieren.',
      'Ihr laufendes System ist unberührt. Im Protokoll steht, was das Paket sagte.',
    ),
    PACKAGE_SCRIPT_HUNG: text(
      'Ein Paket stand in der Probe still und wurde angehalten.',
      'Ihr laufendes System ist unberührt. Im Protokoll steht, was das Paket tat.',
    ),
    NO_SPACE: text(
      'Auf dem Datenträger ist nicht genug Platz.',
      'Schaffen Sie Platz, oder entfernen Sie alte Wiederherstellungspunkte im Verlauf.',
    ),
    OVERLAY_UNSUPPORTED: text(
      'Dieses Dateisystem lässt sich so nicht klonen.',
      'Die Seite „Kernel“ zeigt, welche Wege es gibt und warum jeder geht oder nicht.',
    ),
    EXCHANGE_IMPOSSIBLE: text(
      'Das System kann hier nicht in einem Schritt ausgetauscht werden.',
      'Wählen Sie stattdessen das Umschalten beim nächsten Herunterfahren.',
    ),
    DOWNTIME_UNSUPPORTED: text('Diese Art des Umschaltens gibt es hier nicht.', 'Wählen Sie eine andere.'),
    CHECK_BLOCKED: text('Eine Prüfung fand etwas, das im Weg steht.', 'Jede Prüfung sagt, was hilft.'),
    CONFIRMATION_NEEDED: text('Dies braucht Ihre Bestätigung.', 'Bestätigen Sie, um fortzufahren.'),
    COMMIT_FAILED: text(
      'Das Umschalten ließ sich nicht abschließen und wurde zurückgenommen.',
      'Ihr System ist, wie es war. Die Einzelheiten nennen den Grund.',
    ),
    BOOT_LOADER_FAILED: text(
      'Dem Bootloader ließ sich nicht sagen, welches System er starten soll.',
      'Die Einzelheiten nennen den Grund; das Bootmenü selbst ist, wie es war.',
    ),
    RESTORE_POINT_UNKNOWN: text(
      'Diesen Wiederherstellungspunkt gibt es nicht mehr.',
      'Der Verlauf zeigt die vorhandenen.',
    ),
    RESTORE_POINT_DAMAGED: text(
      'Der Wiederherstellungspunkt ist beschädigt und wurde nicht benutzt.',
      'Ihr System ist unverändert. Wählen Sie einen anderen im Verlauf.',
    ),
    RESTORE_POINT_UNFIT: text(
      'Der Wiederherstellungspunkt würde nicht starten.',
      'Ihr System ist unverändert. Die Einzelheiten sagen, was fehlt.',
    ),
    RESTORE_POINT_NEEDED: text(
      'Dieser Wiederherstellungspunkt ist der einzige oder in Gebrauch und bleibt.',
      'Wählen Sie einen anderen.',
    ),
    RESTART_PENDING: text(
      'Das neue System läuft erst nach dem nächsten Neustart.',
      'Starten Sie zuerst neu, oder nehmen Sie das Umschalten zurück.',
    ),
    ENVIRONMENT_UNKNOWN: text('Diese Umgebung gibt es nicht mehr.', 'Sehen Sie in der Liste nach.'),
    ENVIRONMENT_IN_USE: text(
      'Die Umgebung ist in Gebrauch und blieb, wie sie ist.',
      'Die Einzelheiten sagen, wodurch. Versuchen Sie es, wenn sie frei ist.',
    ),
    ENVIRONMENT_CURRENT: text(
      'Das ist die Umgebung, die läuft.',
      'Sie wird nie entfernt. Wählen Sie eine andere.',
    ),
    ENVIRONMENT_FOREIGN: text(
      'Diese Umgebung gehört einem anderen Programm; Understudy zeigt sie nur an.',
      'Benutzen Sie dafür dieses Programm: snapper oder timeshift.',
    ),
    ENVIRONMENT_PARTIAL: text(
      'Diese Umgebung ist kein ganzes System, das man einhängen könnte.',
      'Sie enthält nur, was eine Aktualisierung ersetzt hat.',
    ),
    ENVIRONMENT_NOT_MOUNTED: text(
      'In diesem Ordner ist keine Umgebung eingehängt.',
      'Sehen Sie in der Liste nach.',
    ),
    MOUNT_FOLDER_UNFIT: text(
      'In diesen Ordner kann keine Umgebung eingehängt werden.',
      'Wählen Sie einen leeren Ordner, der nicht zum System gehört, etwa einen unter /mnt.',
    ),
    NO_MODULES: text(
      'In diesem System gibt es keine Kernel-Module.',
      'Sein Kernel hat alles eingebaut, oder er gehört, wie in einem Container, nicht zu ihm.',
    ),
    NO_LIVEPATCH: text(
      'Der Kernel dieses Systems nimmt keine Live-Patches.',
      'Er wurde ohne sie gebaut, oder er gehört, wie in einem Container, nicht zu ihm.',
    ),
    LIVEPATCH_UNFIT: text(
      'Diese Datei ist kein Live-Patch, der hier verwendet werden kann.',
      'Es wurde nichts hinzugefügt. Die Einzelheiten sagen, warum.',
    ),
    LIVEPATCH_UNKNOWN: text('Es gibt keinen Live-Patch dieses Namens.', 'Sehen Sie in der Liste nach.'),
    LIVEPATCH_UNSIGNED: text(
      'Der Live-Patch ist mit keinem Schlüssel signiert, dem hier vertraut wird.',
      'Besorgen Sie ihn mit seiner Signatur. Die Einzelheiten sagen, was nicht stimmt.',
    ),
    LIVEPATCH_EXISTS: text(
      'Es gibt für diesen Kernel einen anderen Live-Patch dieses Namens.',
      'Entfernen Sie zuerst jenen.',
    ),
    LIVEPATCH_ALTERED: text(
      'Der gespeicherte Live-Patch ist nicht der, der hinzugefügt wurde.',
      'Er wurde nicht geladen. Entfernen Sie ihn und fügen Sie ihn aus einer Quelle hinzu, der Sie vertrauen.',
    ),
    LIVEPATCH_OTHER_KERNEL: text(
      'Dieser Live-Patch ist für einen anderen Kernel als den, der läuft.',
      'Besorgen Sie den, der für ihn gemacht wurde. Es wurde nichts geladen.',
    ),
    LIVEPATCH_HELD_BACK: text(
      'Der Rechner ging aus, kurz nachdem dieser Live-Patch geladen worden war. Von selbst wird er nicht mehr geladen.',
      'Wenn er nicht die Ursache war, laden Sie ihn mit „sudo understudy livepatch load NAME --again“.',
    ),
    LIVEPATCH_REFUSED: text(
      'Der Kernel hat den Live-Patch nicht genommen.',
      'Die Einzelheiten sagen, was gemeldet wurde. Wo Secure Boot signierte Module verlangt, muss er mit einem Schlüssel signiert sein, den der Kernel kennt.',
    ),
    LIVEPATCH_STALLED: text(
      'Einige Tasks haben nicht rechtzeitig gewechselt; deshalb wurde es zurückgenommen.',
      'Die Einzelheiten nennen sie. Beenden Sie diese Programme, oder starten Sie sie neu, und versuchen Sie es noch einmal.',
    ),
    LIVEPATCH_STUCK: text(
      'Einige Tasks haben nicht rechtzeitig gewechselt, und zurücknehmen ließ es sich auch nicht.',
      'Die Einzelheiten nennen sie. Sobald sie beendet sind, vollendet der Kernel es von selbst; sonst starten Sie neu.',
    ),
    LIVEPATCH_IN_USE: text(
      'Dieser Live-Patch ist in Gebrauch und blieb, wie er ist.',
      'Entladen Sie ihn zuerst.',
    ),
    LIVEPATCH_NO_UNDO: text(
      'An Live-Patches gibt es nichts, was zurückgenommen werden kann.',
      'Nur die neueste Änderung eines Live-Patches kann es, in dem Kernel, in dem sie geschah.',
    ),
    LIVEPATCH_FOREIGN: text(
      'Diesen Live-Patch hat nicht Understudy geladen; er wird nur gelesen.',
      'Nehmen Sie dafür das Programm, das ihn geladen hat.',
    ),
    LIVEPATCH_OFF: text(
      'Live-Patches sind auf diesem System abgeschaltet.',
      'Die Einzelheiten sagen, wodurch. Nehmen Sie das weg, und starten Sie neu, wenn es ein Parameter des Kernels ist.',
    ),
    LIVEPATCH_RECORDS_DAMAGED: text(
      'Die Aufzeichnungen über die Live-Patches sind nicht lesbar.',
      'Es wurde nichts geladen, da nicht bekannt ist, womit der Rechner ausging. Siehe die Einzelheiten.',
    ),
    RECOVERY_PLACE_UNFIT: text(
      'Der Ort für die Wiederherstellung ist nicht zu gebrauchen.',
      'Die Einzelheiten sagen, warum. Es ist der Ordner, den /etc/understudy/recovery-place nennt.',
    ),
    BACKUP_UNKNOWN: text('Diese Sicherung gibt es nicht.', 'Sehen Sie noch einmal in die Liste.'),
    BACKUP_DAMAGED: text(
      'Die Sicherung ist nicht mehr, wie sie geschrieben wurde, und wurde nicht verwendet.',
      'Die Einzelheiten sagen, was nicht stimmt. Nehmen Sie eine andere.',
    ),
    ACCOUNTS_UNFIT: text(
      'Die Konten der Sicherung passen nicht zu denen, die hier sind.',
      'Nichts wurde geändert. Die Einzelheiten nennen sie.',
    ),
    NOTHING_TO_ROLL_BACK: text(
      'Es gibt nichts, wohin man zurück könnte.',
      'Jede Aktualisierung legt einen Wiederherstellungspunkt an.',
    ),
    JOURNAL_DAMAGED: text(
      'Das Journal von Understudy ist beschädigt.',
      'Nichts wurde geraten oder geändert. Die Einzelheiten nennen die Stelle.',
    ),
    STATE_NEWER: text(
      'Die Aufzeichnungen stammen von einem neueren Understudy.',
      'Aktualisieren Sie Understudy und versuchen Sie es erneut.',
    ),
    RECOVERED: text(
      'Etwas Unterbrochenes wurde zuerst abgeschlossen oder zurückgenommen.',
      'Ihr System ist ganz. Versuchen Sie es erneut.',
    ),
    CONFLICT_UNKNOWN: text('Diese Entscheidung ist nicht mehr offen.', 'Sehen Sie die Durchsicht erneut an.'),
    SETTINGS_DAMAGED: text(
      'Die Einstellungen waren nicht lesbar; die mitgelieferten werden benutzt.',
      'Ändern Sie eine Einstellung, um sie neu zu schreiben. Die beschädigte Datei bleibt daneben erhalten.',
    ),
    HELPER_UNREACHABLE: text(
      'Der Teil von Understudy, der an Ihrem System arbeitet, läuft nicht.',
      'Verbinden Sie, um ihn zu starten. Vielleicht fragt er nach Ihrem Passwort.',
    ),
    HELPER_LOST: text(
      'Die Verbindung zu dem Teil, der an Ihrem System arbeitet, ist abgerissen.',
      'Nichts ist verloren: was er tat, wird abgeschlossen oder zurückgenommen. Verbinden Sie neu, um es zu sehen.',
    ),
    HELPER_SILENT: text(
      'Der Teil von Understudy, der an Ihrem System arbeitet, antwortet nicht.',
      'Verbinden Sie neu. Was er tat, geht weiter oder wird später bereinigt.',
    ),
    HELPER_NOT_TRUSTED: text(
      'Etwas anderes antwortet an der Stelle von Understudy.',
      'Nichts wurde ihm gesagt. Vielleicht täuscht Sie jemand; die Einzelheiten nennen, was es ist.',
    ),
    HELPER_VERSION: text(
      'Die Teile von Understudy haben verschiedene Versionen.',
      'Starten Sie den Rechner neu, oder Understudy und seinen Dienst.',
    ),
    HELPER_STOPPING: text(
      'Der Teil, der an Ihrem System arbeitet, endet gerade.',
      'Versuchen Sie es gleich noch einmal.',
    ),
    HELPER_CROWDED: text(
      'Zu viele Programme sprechen gleichzeitig mit Understudy.',
      'Schließen Sie einige und versuchen Sie es erneut.',
    ),
    BAD_REQUEST: text(
      'Die Anfrage wurde nicht verstanden.',
      'Vielleicht haben die Teile von Understudy verschiedene Versionen. Starten Sie es neu.',
    ),
    RUN_UNKNOWN: text('Das ist nicht mehr im Gange.', 'Sehen Sie sein Ergebnis an.'),
    NOT_AUTHORISED: text(
      'Sie dürfen dies auf diesem System nicht tun.',
      'Fragen Sie, wer es verwaltet. Nichts wurde geändert.',
    ),
    AUTHORISATION_DISMISSED: text(
      'Die Frage nach Ihrem Passwort wurde geschlossen.',
      'Nichts wurde geändert. Versuchen Sie es erneut, wenn Sie so weit sind.',
    ),
    NO_POLKIT_AGENT: text(
      'Kein Programm läuft, das Sie nach dem Passwort fragen könnte.',
      'Melden Sie sich an einer Arbeitsumgebung an, oder starten Sie einen polkit-Agenten.',
    ),
    NO_POLKIT: text(
      'polkit, das um Erlaubnis fragt, fehlt oder antwortet nicht.',
      'Installieren Sie die Pakete polkitd und pkexec.',
    ),
    NO_GRAPHICAL_SESSION: text(
      'Hier gibt es keine grafische Sitzung, die Sie nach dem Passwort fragen könnte.',
      'Führen Sie stattdessen „sudo understudy“ in einem Terminal aus.',
    ),
    ELEVATION_FAILED: text(
      'Der Teil, der an Ihrem System arbeitet, ließ sich nicht starten.',
      'Die Einzelheiten enthalten seine letzten Worte.',
    ),
    UNSAFE_PLACE: text(
      'Der Ort, an dem sich die Teile von Understudy treffen, ist nicht sicher.',
      'Andere könnten dort etwas hingelegt haben. Die Einzelheiten nennen es; lassen Sie es entfernen und versuchen Sie es erneut.',
    ),
    NO_PRACTICE: text('Sie arbeiten auf dem echten System.', 'Dies geht nur auf einem Übungssystem.'),
    PORT_UNAVAILABLE: text(
      'Unter diesem Port lässt sich die App nicht anbieten.',
      'Wählen Sie einen anderen, oder überlassen Sie Understudy die Wahl.',
    ),
    APP_NOT_BUILT: text('Ein Teil von Understudy fehlt.', 'Installieren Sie Understudy neu.'),
    PRACTICE_IMPOSSIBLE: text(
      'Ein Übungssystem lässt sich hier nicht anlegen.',
      'Die Einzelheiten nennen, was fehlt.',
    ),
    PRACTICE_DIFFERS: text(
      'Der Übungslauf fand einen Unterschied, wo keiner sein darf.',
      'Bitte melden Sie es mit den Einzelheiten.',
    ),
  },
});
