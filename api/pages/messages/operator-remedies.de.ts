import type { FailureCode } from '../../../platform/failures.ts';

/** What an operator does about each failure, as the table of failures says it in English. */
export const operatorRemediesDe: Readonly<Record<FailureCode, string>> = {
  'vendor-unreachable':
    'Prüfen Sie, ob der Anbieter vom Worker aus erreichbar ist; wiederholen Sie dann den Schritt.',
  'vendor-timeout':
    'Der Ausgang ist unbekannt; der Schritt sieht nach, bevor er handelt. Wiederholen Sie ihn, wenn der Anbieter wieder antwortet.',
  'vendor-unavailable':
    'Der Anbieter hat mit 5xx geantwortet. Warten Sie auf ihn, und wiederholen Sie dann den Schritt.',
  'vendor-rate-limited':
    'Der Anbieter begrenzt unsere Rate. Es wird von selbst wiederholt; senken Sie die Last, falls es bleibt.',
  'vendor-unauthorized':
    'Der Anbieter hat unsere Zugangsdaten abgelehnt. Tragen Sie gültige in die Konfiguration ein, starten Sie neu, und wiederholen Sie den Schritt.',
  'vendor-forbidden':
    'Unseren Zugangsdaten fehlt beim Anbieter ein Recht. Erteilen Sie es, und wiederholen Sie dann den Schritt.',
  'vendor-not-found':
    'Der Anbieter kennt dieses Objekt nicht. Sehen Sie nach, ob es dort gelöscht wurde; überspringen Sie den Schritt, oder legen Sie es neu an.',
  'vendor-conflict':
    'Der Anbieter hat unter diesem Namen schon etwas. Sehen Sie beides an, bevor Sie den Schritt wiederholen.',
  'vendor-rejected':
    'Der Anbieter hat die Anfrage als ungültig abgelehnt. Vergleichen Sie seine Konfiguration mit unserer, und wiederholen Sie dann den Schritt.',
  'vendor-malformed':
    'Die Antwort war nicht so, wie der Anbieter sie beschreibt. Prüfen Sie, ob ein Proxy dazwischen steht oder er eine neue Version hat.',
  'ticket-out-of-reach':
    'Unserem Benutzer in Zammad fehlen Rechte in der Gruppe des Tickets. Geben Sie ihm dort Lesen, Anlegen und Ändern, oder verschieben Sie das Ticket zurück; wiederholen Sie dann den Schritt.',
  'app-not-installed':
    'Der Shop kennt unsere App nicht mehr: Ihr Token ist ungültig. Installieren Sie die App neu, und wiederholen Sie dann den Schritt.',
  'insufficient-stock':
    'Das Lager hat zu wenig Bestand der Variante oder keine Zeile dafür; die will Saleor auch dort, wo kein Bestand geführt wird. Tragen Sie sie dort ein; der Versand wird jede Stunde neu versucht.',
  'credential-unreadable':
    'Gespeicherte Zugangsdaten brauchen einen Schlüssel, der nicht in CREDENTIAL_KEYS steht. Tragen Sie ihn wieder ein, oder installieren Sie die App neu.',
  'shop-not-allowed':
    'Nur die Shops aus SALEOR_SHOPS oder der aus SALEOR_API_URL dürfen die App installieren.',
  'app-not-verified':
    'Der Shop sagt nicht, wem das Token gehört. Prüfen Sie, ob wir seine API-Adresse erreichen, und installieren Sie dann neu.',
  'shop-keys-missing':
    'Die öffentlichen Schlüssel des Shops waren nicht zu bekommen. Prüfen Sie, ob wir ihn erreichen, und installieren Sie dann neu.',
  'not-configured':
    'Eine Einstellung, die dieser Schritt braucht, fehlt. Setzen Sie sie, starten Sie neu, und wiederholen Sie den Schritt.',
  'row-missing':
    'Eine Zeile, die diese Sitzung braucht, fehlt in PostgreSQL. Stellen Sie sie wieder her, und wiederholen Sie dann den Schritt.',
  'refund-failed':
    'Der Zahlungsanbieter hat die Erstattung abgelehnt. Erstatten Sie in Saleor von Hand, und überspringen Sie dann den Schritt.',
  'refund-by-hand':
    'Diese Sitzung wurde nicht im Shop bezahlt. Erstatten Sie dort, wo bezahlt wurde, und überspringen Sie dann den Schritt.',
  'refund-approval': 'Die Erstattung liegt über der Grenze. Geben Sie sie frei, oder lehnen Sie sie ab.',
  'refund-pending': 'Der Zahlungsanbieter hat die Erstattung noch nicht ausgeführt.',
  'receiver-unreachable':
    'Der Empfänger eines Webhooks war nicht erreichbar: Prüfen Sie seine Adresse, sein DNS und sein Zertifikat.',
  'receiver-timeout':
    'Der Empfänger eines Webhooks hat nicht innerhalb von 10 Sekunden geantwortet. Erst antworten, dann arbeiten.',
  'receiver-rejected':
    'Der Empfänger eines Webhooks hat mit einem anderen Status als 2xx geantwortet; er steht im Verlauf.',
  'receiver-redirected':
    'Der Empfänger eines Webhooks hat mit einer Weiterleitung geantwortet; ihr wird nicht gefolgt. Tragen Sie die neue Adresse ein.',
  'receiver-not-public':
    'Die Adresse eines Webhooks führt in ein Netz, das nicht öffentlich ist. Tragen Sie eine öffentliche ein.',
  'receiver-gone':
    'Der Empfänger hat mit 410 geantwortet, und sein Endpunkt wurde abgeschaltet. Schalten Sie ihn ein, und senden Sie dann erneut.',
  'receiver-busy': 'Es sind so viele Webhooks unterwegs wie möglich. Es wird von selbst wiederholt.',
  'endpoint-disabled':
    'Der Endpunkt wurde abgeschaltet, bevor die Nachricht ankam. Schalten Sie ihn ein, und senden Sie dann erneut.',
  'run-lost':
    'Der Lauf eines Webhooks endete ohne ein Wort, etwa weil er abgebrochen wurde. Senden Sie die Zustellung erneut.',
  'bad-signature':
    'Die Signatur passt nicht zum Inhalt. Prüfen Sie das Geheimnis des Webhooks auf beiden Seiten.',
  'keys-unavailable':
    'Die öffentlichen Schlüssel des Unterzeichners waren nicht zu bekommen. Versuchen Sie es später; prüfen Sie, ob der Aussteller erreichbar ist.',
  'payload-key-unknown':
    'Ein Inhalt wurde mit einem Schlüssel verschlüsselt, der nicht in PAYLOAD_KEYS steht. Tragen Sie ihn wieder ein; dann geht es weiter.',
  'payload-unreadable':
    'Ein Inhalt wurde verändert oder mit einem anderen Schlüssel gleicher Kennung verschlüsselt. Vergleichen Sie PAYLOAD_KEYS überall.',
  'not-authenticated': 'Senden Sie gültige Zugangsdaten.',
  'not-allowed': 'Diese Zugangsdaten dürfen das nicht.',
  'not-found': 'Prüfen Sie die Adresse.',
  'method-not-allowed': 'Verwenden Sie eine der Methoden, die im Kopf Allow stehen.',
  'invalid-request': 'Berichtigen Sie die Anfrage, wie es die Einzelheiten sagen.',
  'too-large': 'Senden Sie weniger.',
  'unsupported-media-type': 'Senden Sie application/json.',
  'precondition-failed':
    'Es hat sich seit dem Lesen geändert. Lesen Sie es neu, und wiederholen Sie es dann.',
  'key-reused': 'Dieser Idempotency-Key steht für eine andere Anfrage. Verwenden Sie einen neuen.',
  'not-acceptable': 'Nehmen Sie einen der angebotenen Typen an.',
  'already-exists': 'Unter diesem Schlüssel gibt es schon etwas; verwenden Sie es.',
  'too-many-requests': 'Warten Sie so viele Sekunden, wie Retry-After sagt.',
  'link-over':
    'Der Link wurde benutzt, widerrufen oder ist abgelaufen; der Grund sagt, was davon. Lassen Sie einen neuen ausstellen.',
  'session-over': 'Die Sitzung ist vorbei.',
  refused: 'Die Regeln lassen es nicht zu; der Grund sagt, warum und seit wann.',
  'outcome-unknown': 'Wiederholen Sie es mit demselben Idempotency-Key.',
  'store-unavailable': 'PostgreSQL ist nicht erreichbar. Versuchen Sie es später.',
  'engine-unavailable': 'Temporal ist nicht erreichbar. Versuchen Sie es später.',
  internal: 'Suchen Sie die Anfragenummer im Log.',
};
