/*
 * All words of the reports, in their five languages: WORD(NAME, english, deutsch, français, italiano,
 * español). Included by words.h and words.c only, each with its own WORD(). What stands in braces is
 * filled in by words_fill().
 *
 * long because: it is one table, and who translates wants to see all of it.
 */

/* dates */
WORD(MONDAY, "Monday", "Montag", "lundi", "lunedì", "lunes")
WORD(TUESDAY, "Tuesday", "Dienstag", "mardi", "martedì", "martes")
WORD(WEDNESDAY, "Wednesday", "Mittwoch", "mercredi", "mercoledì", "miércoles")
WORD(THURSDAY, "Thursday", "Donnerstag", "jeudi", "giovedì", "jueves")
WORD(FRIDAY, "Friday", "Freitag", "vendredi", "venerdì", "viernes")
WORD(SATURDAY, "Saturday", "Samstag", "samedi", "sabato", "sábado")
WORD(SUNDAY, "Sunday", "Sonntag", "dimanche", "domenica", "domingo")
WORD(JANUARY, "January", "Januar", "janvier", "gennaio", "enero")
WORD(FEBRUARY, "February", "Februar", "février", "febbraio", "febrero")
WORD(MARCH, "March", "März", "mars", "marzo", "marzo")
WORD(APRIL, "April", "April", "avril", "aprile", "abril")
WORD(MAY, "May", "Mai", "mai", "maggio", "mayo")
WORD(JUNE, "June", "Juni", "juin", "giugno", "junio")
WORD(JULY, "July", "Juli", "juillet", "luglio", "julio")
WORD(AUGUST, "August", "August", "août", "agosto", "agosto")
WORD(SEPTEMBER, "September", "September", "septembre", "settembre", "septiembre")
WORD(OCTOBER, "October", "Oktober", "octobre", "ottobre", "octubre")
WORD(NOVEMBER, "November", "November", "novembre", "novembre", "noviembre")
WORD(DECEMBER, "December", "Dezember", "décembre", "dicembre", "diciembre")
/* weekday, day, month, year; day, month; month, year */
WORD(DATE, "{1}, {2} {3} {4}", "{1}, {2}. {3} {4}", "{1} {2} {3} {4}", "{1} {2} {3} {4}",
	"{1}, {2} de {3} de {4}")
WORD(DAY, "{1} {2}", "{1}. {2}", "{1} {2}", "{1} {2}", "{1} de {2}")
WORD(MONTH, "{1} {2}", "{1} {2}", "{1} {2}", "{1} {2}", "{1} de {2}")

/* the frame of a page */
WORD(SKIP, "Skip to the figures", "Weiter zu den Zahlen", "Aller aux chiffres", "Vai ai dati",
	"Ir a las cifras")
WORD(WAYS, "Other pages", "Andere Seiten", "Autres pages", "Altre pagine", "Otras páginas")
WORD(MADE, "Written by qmvc {1} on {2} at {3}", "Geschrieben von qmvc {1} am {2} um {3}",
	"Écrit par qmvc {1} le {2} à {3}", "Scritto da qmvc {1} il {2} alle {3}",
	"Escrito por qmvc {1} el {2} a las {3}")
WORD(NUMBERS, "Numbers", "Zahlen", "Chiffres", "Numeri", "Números")
WORD(NO_MAIL, "No mail", "Keine Mails", "Aucun message", "Nessun messaggio", "Ningún mensaje")
WORD(NONE, "None", "Keine", "Aucun", "Nessuno", "Ninguno")

/* figures that several pages tell */
WORD(MAILS, "Mails", "Mails", "Messages", "Messaggi", "Mensajes")
WORD(PASSED, "passed", "zugestellt", "acceptés", "consegnati", "aceptados")
WORD(STOPPED, "stopped", "angehalten", "arrêtés", "fermati", "detenidos")
WORD(DEFERRED, "deferred", "zurückgestellt", "différés", "rinviati", "aplazados")
WORD(INFECTED, "infected", "infiziert", "infectés", "infetti", "infectados")
WORD(MEDIAN, "Median", "Median", "Médiane", "Mediana", "Mediana")
WORD(MAXIMUM, "Maximum", "Maximum", "Maximum", "Massimo", "Máximo")
WORD(SENDER, "Sender", "Absender", "Expéditeur", "Mittente", "Remitente")
WORD(RECIPIENT, "Recipient", "Empfänger", "Destinataire", "Destinatario", "Destinatario")
WORD(SUBJECT, "Subject", "Betreff", "Objet", "Oggetto", "Asunto")
WORD(SIZE, "Size", "Größe", "Taille", "Dimensione", "Tamaño")
WORD(DELAY, "Delay", "Verzögerung", "Délai", "Ritardo", "Demora")
WORD(TIME, "Time", "Zeit", "Heure", "Ora", "Hora")
WORD(SCANNER, "Scanner", "Scanner", "Antivirus", "Antivirus", "Antivirus")
WORD(SCANNERS, "Scanners", "Scanner", "Antivirus", "Antivirus", "Antivirus")
WORD(VIRUSES, "Viruses", "Viren", "Virus", "Virus", "Virus")

/* months and years */
WORD(RECEIVED_MAIL, "Mail received", "Empfangene Mails", "Messages reçus", "Messaggi ricevuti",
	"Mensajes recibidos")
WORD(BAD_MAIL, "Bad mail", "Unerwünschte Mails", "Messages indésirables", "Messaggi indesiderati",
	"Mensajes no deseados")
WORD(VIRUS_MAIL, "Mail with a virus", "Mails mit Virus", "Messages avec virus",
	"Messaggi con virus", "Mensajes con virus")
WORD(RECEIVED, "received", "empfangen", "reçus", "ricevuti", "recibidos")
WORD(BAD, "bad", "unerwünscht", "indésirables", "indesiderati", "no deseados")
WORD(WITH_VIRUS, "with a virus", "mit Virus", "avec virus", "con virus", "con virus")
WORD(DAYS_COUNTED, "{1} of {2} days counted", "{1} von {2} Tagen gezählt",
	"{1} jours comptés sur {2}", "{1} giorni contati su {2}", "{1} de {2} días contados")
WORD(DAY_BY_DAY, "Day by day", "Tag für Tag", "Jour par jour", "Giorno per giorno", "Día a día")
WORD(DAY_BY_DAY_NOTE,
	"Columns lead to the pages of their day. Bad is what was acted on although no scanner "
	"found anything in it.",
	"Die Säulen führen zu den Seiten ihres Tages. Unerwünscht ist, worauf reagiert wurde, "
	"obwohl kein Scanner etwas darin fand.",
	"Les colonnes mènent aux pages de leur jour. Est indésirable ce qui a été traité sans "
	"qu’aucun antivirus n’y ait rien trouvé.",
	"Le colonne portano alle pagine del loro giorno. È indesiderato ciò che è stato trattato "
	"senza che nessun antivirus vi abbia trovato nulla.",
	"Las columnas llevan a las páginas de su día. No deseado es lo que se trató aunque ningún "
	"antivirus encontró nada en ello.")
WORD(DELAY_BY_DAY, "Delay by day", "Verzögerung nach Tagen", "Délai par jour", "Ritardo per giorno",
	"Demora por día")
WORD(MONTH_DELAY_NOTE,
	"Median and percentiles are those of all mails of the month, within 0.8 %.",
	"Median und Perzentile sind die aller Mails des Monats, auf 0,8 % genau.",
	"Médiane et centiles sont ceux de tous les messages du mois, à 0,8 % près.",
	"Mediana e percentili sono quelli di tutti i messaggi del mese, entro lo 0,8 %.",
	"La mediana y los percentiles son los de todos los mensajes del mes, con un 0,8 % de error.")
WORD(MONTH_SCANNERS, "What each scanner found, and how soon", "Was jeder Scanner fand, und wie schnell",
	"Ce que chaque antivirus a trouvé, et en combien de temps",
	"Che cosa ha trovato ogni antivirus, e in quanto tempo",
	"Lo que encontró cada antivirus, y en cuánto tiempo")
WORD(FOUND, "Found", "Gefunden", "Trouvés", "Trovati", "Encontrados")
WORD(FOUND_ALONE, "Alone", "Allein", "Seul", "Da solo", "Solo él")
WORD(MISSED, "Missed", "Übersehen", "Manqués", "Non rilevati", "No vistos")
WORD(TIMEOUTS, "Timeouts", "Zeitüberschreitungen", "Délais dépassés", "Tempi scaduti",
	"Tiempos agotados")
WORD(ERRORS, "Errors", "Fehler", "Erreurs", "Errori", "Errores")
WORD(HITS_OF, "Found by {1}", "Von {1} gefunden", "Trouvés par {1}", "Trovati da {1}",
	"Encontrados por {1}")
WORD(VIRUS_SENDERS, "Senders of viruses", "Absender von Viren", "Expéditeurs de virus",
	"Mittenti di virus", "Remitentes de virus")
WORD(VIRUS_DOMAINS, "Domains of these senders", "Domains dieser Absender",
	"Domaines de ces expéditeurs", "Domini di questi mittenti", "Dominios de estos remitentes")
WORD(SUMS_NOTE, "Sums of the 100 most frequent of each day.",
	"Summen der 100 häufigsten jedes Tages.", "Sommes des 100 plus fréquents de chaque jour.",
	"Somme dei 100 più frequenti di ogni giorno.",
	"Sumas de los 100 más frecuentes de cada día.")
WORD(REASONS, "What was met, and what was done", "Was zutraf, und was geschah",
	"Conditions remplies, et ce qui a été fait", "Che cosa si è verificato, e che cosa è stato fatto",
	"Lo que se cumplió, y lo que se hizo")
WORD(CONDITIONS, "Conditions", "Bedingungen", "Conditions", "Condizioni", "Condiciones")
WORD(ACTIONS, "Actions", "Aktionen", "Actions", "Azioni", "Acciones")
WORD(CALENDAR, "Calendar", "Kalender", "Calendrier", "Calendario", "Calendario")
WORD(CALENDAR_NOTE,
	"The stronger a day’s colour, the more mail. Days lead to their page, and months to theirs.",
	"Je kräftiger die Farbe eines Tages, desto mehr Mails. Tage führen zu ihrer Seite, und Monate "
	"zu ihrer.",
	"Plus la couleur d’un jour est forte, plus il a reçu de messages. Les jours mènent à leur page, "
	"les mois à la leur.",
	"Più intenso è il colore di un giorno, più messaggi ha avuto. I giorni portano alla loro pagina, "
	"e i mesi alla loro.",
	"Cuanto más fuerte el color de un día, más mensajes. Los días llevan a su página, y los meses a "
	"la suya.")
WORD(FEW_MAILS, "few mails", "wenige Mails", "peu de messages", "pochi messaggi", "pocos mensajes")
WORD(MANY_MAILS, "many", "viele", "beaucoup", "molti", "muchos")
WORD(MONTH_BY_MONTH, "Month by month", "Monat für Monat", "Mois par mois", "Mese per mese",
	"Mes a mes")
WORD(OTHER, "other", "andere", "autres", "altri", "otros")

/* the page of qmvclog2html(8); words of the log (actions, conditions, verdicts) are shown as they stand there */
WORD(SO_FAR, "{1}, so far", "{1}, bis jetzt", "{1}, pour l’instant", "{1}, finora", "{1}, por ahora")
WORD(LEADS, "Each figure leads to the lines of the log behind it.",
	"Jede Zahl führt zu den Zeilen des Logs, aus denen sie stammt.",
	"Chaque chiffre mène aux lignes du journal dont il vient.",
	"Ogni numero porta alle righe del registro da cui viene.",
	"Cada cifra lleva a las líneas del registro de las que sale.")
WORD(ALL_MAILS, "All mails", "Alle Mails", "Tous les messages", "Tutti i messaggi", "Todos los mensajes")
WORD(BY_HOUR, "Mails by hour", "Mails nach Stunden", "Messages par heure", "Messaggi per ora",
	"Mensajes por hora")
WORD(BY_DAY, "Mails by day", "Mails nach Tagen", "Messages par jour", "Messaggi per giorno",
	"Mensajes por día")
WORD(LAST_DAYS, "The last {1} days", "Die letzten {1} Tage", "Les {1} derniers jours",
	"Gli ultimi {1} giorni", "Los últimos {1} días")
WORD(SHARE_OF_ALL, "{1} of all", "{1} von allen", "{1} du total", "{1} del totale", "{1} del total")
WORD(IN_ALL, "{1} in all", "{1} insgesamt", "{1} en tout", "{1} in tutto", "{1} en total")
WORD(ACTION, "Action", "Aktion", "Action", "Azione", "Acción")
WORD(MET, "Conditions met", "Erfüllte Bedingungen", "Conditions remplies",
	"Condizioni verificate", "Condiciones cumplidas")
WORD(CODES, "Faults of the header (error codes)", "Fehler im Kopf (Codes)",
	"Défauts de l’en-tête (codes d’erreur)", "Difetti dell’intestazione (codici di errore)",
	"Fallos de la cabecera (códigos de error)")
WORD(MEDIAN_DELAY, "Median delay", "Mittlere Verzögerung (Median)", "Délai médian",
	"Ritardo mediano", "Demora mediana")
WORD(LONGEST_DELAY, "Longest delay", "Längste Verzögerung", "Délai le plus long",
	"Ritardo più lungo", "Demora más larga")
WORD(DELAY_NOTE,
	"From the first byte read to the exit code. Percentiles are within 0.8 % of the true ones, "
	"maxima are exact.",
	"Vom ersten gelesenen Byte bis zum Exit-Code. Perzentile sind auf 0,8 % genau, Maxima exakt.",
	"Du premier octet lu au code de sortie. Les centiles sont à 0,8 % près, les maximums exacts.",
	"Dal primo byte letto al codice di uscita. I percentili sono precisi allo 0,8 %, i massimi esatti.",
	"Del primer byte leído al código de salida. Los percentiles tienen un error de 0,8 %; los "
	"máximos son exactos.")
WORD(DELAY_SPREAD, "How delays are spread", "Verteilung der Verzögerungen",
	"Répartition des délais", "Distribuzione dei ritardi", "Distribución de las demoras")
WORD(DELAY_BY_HOUR, "Delay by hour", "Verzögerung nach Stunden", "Délai par heure",
	"Ritardo per ora", "Demora por hora")
WORD(BY_STAGE, "Time by stage", "Zeit nach Abschnitten", "Temps par étape", "Tempo per fase",
	"Tiempo por etapa")
WORD(STAGE, "Stage", "Abschnitt", "Étape", "Fase", "Etapa")
WORD(SHARE, "Share of the time", "Anteil an der Zeit", "Part du temps", "Quota del tempo",
	"Parte del tiempo")
WORD(SCANNERS_NOTE,
	"Two disagree when one of them finds something in a mail that the other calls clean. What "
	"timed out, failed or was cancelled has no opinion.",
	"Zwei sind uneins, wenn einer etwas findet, wo der andere die Mail sauber nennt. Wer zu spät "
	"antwortet, ausfällt oder abgebrochen wird, hat keine Meinung.",
	"Deux sont en désaccord quand l’un trouve quelque chose là où l’autre dit le message sain. "
	"Celui qui répond trop tard, échoue ou est interrompu n’a pas d’avis.",
	"Due sono in disaccordo quando uno trova qualcosa in un messaggio che l’altro dice pulito. Chi "
	"risponde tardi, fallisce o viene interrotto non ha un parere.",
	"Dos discrepan cuando uno encuentra algo en un mensaje que el otro da por limpio. El que "
	"responde tarde, falla o es interrumpido no opina.")
WORD(DISAGREEMENTS, "Mails on which scanners disagreed", "Mails, bei denen Scanner uneins waren",
	"Messages où les antivirus sont en désaccord", "Messaggi su cui gli antivirus discordano",
	"Mensajes en que los antivirus discrepan")
WORD(VERDICTS, "What each scanner said", "Was jeder Scanner sagte", "Ce que chaque antivirus a dit",
	"Che cosa ha detto ogni antivirus", "Lo que dijo cada antivirus")
WORD(OPENED, "breaker opened", "Sicherung ausgelöst", "disjonctions", "interruttore scattato",
	"disyuntor abierto")
WORD(LEFT_ALONE, "left alone", "in Ruhe gelassen", "laissé en paix", "lasciato in pace",
	"dejado en paz")
WORD(SCAN_TIMES, "How long each scanner took", "Wie lange jeder Scanner brauchte",
	"Le temps de chaque antivirus", "Il tempo di ogni antivirus", "El tiempo de cada antivirus")
WORD(PHASE, "Phase", "Phase", "Phase", "Fase", "Fase")
WORD(WHOLE, "in all", "gesamt", "en tout", "in tutto", "en total")
WORD(TURN, "its turn, before", "zuvor: bis es dran war", "son tour, avant", "il suo turno, prima",
	"su turno, antes")
WORD(WAITING, "waiting", "Warten", "attente", "attesa", "espera")
WORD(SENDING, "sending", "Senden", "envoi", "invio", "envío")
WORD(SCANNING, "scanning", "Prüfen", "analyse", "analisi", "análisis")
WORD(TIME_OF, "Scanner {1}: how its times are spread", "Scanner {1}: Verteilung seiner Zeiten",
	"Antivirus {1} : répartition de ses temps", "Antivirus {1}: distribuzione dei suoi tempi",
	"Antivirus {1}: distribución de sus tiempos")
WORD(NOT_EXACT,
	"There were more than {1} different names, and the rare ones made room: these counts may be up "
	"to {2} too high.",
	"Es gab mehr als {1} verschiedene Namen, und die seltenen mussten weichen: diese Zahlen können "
	"um bis zu {2} zu hoch sein.",
	"Il y avait plus de {1} noms différents, et les rares ont cédé leur place : ces nombres peuvent "
	"être trop élevés, de {2} au plus.",
	"C’erano più di {1} nomi diversi, e i rari hanno ceduto il posto: questi numeri possono essere "
	"troppo alti, di {2} al massimo.",
	"Hubo más de {1} nombres distintos, y los raros dejaron su sitio: estas cifras pueden ser "
	"demasiado altas, en {2} como mucho.")
WORD(NOTABLE, "Biggest and slowest mails", "Größte und langsamste Mails",
	"Messages les plus gros et les plus lents", "Messaggi più grandi e più lenti",
	"Mensajes más grandes y más lentos")
WORD(BIGGEST, "The biggest mails", "Die größten Mails", "Les plus gros messages",
	"I messaggi più grandi", "Los mensajes más grandes")
WORD(SLOWEST, "The slowest mails", "Die langsamsten Mails", "Les messages les plus lents",
	"I messaggi più lenti", "Los mensajes más lentos")
WORD(ERRORS_NOTE, "What was wrong with a scanner stands in qmvc.error, under the id of the mail.",
	"Was mit einem Scanner war, steht in qmvc.error unter der Id der Mail.",
	"Ce qui n’allait pas avec un antivirus est dans qmvc.error, sous l’id du message.",
	"Che cosa non andava in un antivirus sta in qmvc.error, sotto l’id del messaggio.",
	"Lo que le pasó a un antivirus está en qmvc.error, bajo el id del mensaje.")
WORD(NO_ERRORS, "No mail was deferred, and no scanner failed.",
	"Keine Mail wurde zurückgestellt, kein Scanner fiel aus.",
	"Aucun message différé, aucun antivirus en échec.",
	"Nessun messaggio rinviato, nessun antivirus fallito.",
	"Ningún mensaje aplazado, ningún antivirus fallido.")
WORD(WHY_DEFERRED, "Why mails were deferred", "Warum Mails zurückgestellt wurden",
	"Pourquoi des messages ont été différés", "Perché dei messaggi sono stati rinviati",
	"Por qué se aplazaron mensajes")
WORD(DEFERRED_MAILS, "Mails that were deferred", "Zurückgestellte Mails", "Messages différés",
	"Messaggi rinviati", "Mensajes aplazados")
WORD(NOT_READ, "In the logs read: {1} lines that are cut or foreign, passed over.",
	"In den gelesenen Logs: {1} abgeschnittene oder fremde Zeilen, übergangen.",
	"Dans les journaux lus : {1} lignes coupées ou étrangères, ignorées.",
	"Nei registri letti: {1} righe tagliate o estranee, saltate.",
	"En los registros leídos: {1} líneas cortadas o ajenas, pasadas por alto.")
WORD(FILES_FAILED, "{1} log files could not be read. The first: {2}",
	"{1} Logdateien waren nicht zu lesen. Die erste: {2}",
	"{1} fichiers journaux illisibles. Le premier : {2}",
	"{1} file di registro illeggibili. Il primo: {2}",
	"{1} archivos de registro ilegibles. El primero: {2}")
WORD(REASON, "Reason", "Grund", "Raison", "Motivo", "Motivo")
WORD(ID, "Id", "Id", "Id", "Id", "Id")

/* the lines behind a figure */
WORD(WITH_ACTION, "Mails with the action {1}", "Mails mit der Aktion {1}",
	"Messages avec l’action {1}", "Messaggi con l’azione {1}", "Mensajes con la acción {1}")
WORD(WITH_CONDITION, "Mails that met {1}", "Mails, die {1} erfüllten",
	"Messages qui ont rempli {1}", "Messaggi che verificano {1}", "Mensajes que cumplieron {1}")
WORD(WITH_CODE, "Mails with the error code {1}", "Mails mit dem Fehlercode {1}",
	"Messages avec le code d’erreur {1}", "Messaggi con il codice di errore {1}",
	"Mensajes con el código de error {1}")
WORD(WITH_VERDICT, "Scanner {1} said: {2}", "Scanner {1} sagte: {2}", "L’antivirus {1} a dit : {2}",
	"L’antivirus {1} ha detto: {2}", "El antivirus {1} dijo: {2}")
WORD(WITH_DELAY, "Mails with a delay of {1} to {2}", "Mails mit {1} bis {2} Verzögerung",
	"Messages retardés de {1} à {2}", "Messaggi con un ritardo da {1} a {2}",
	"Mensajes con una demora de {1} a {2}")
WORD(SAID_ALONE, "Found by {1} alone", "Von {1} allein gefunden", "Trouvés par {1} seul",
	"Trovati solo da {1}", "Hallados solo por {1}")
WORD(SAID_CLEAN, "Missed by {1}", "Von {1} übersehen", "Manqués par {1}", "Non rilevati da {1}",
	"Pasados por alto por {1}")
WORD(BREAKER_OPENED, "The circuit breaker of {1} opened", "Die Sicherung von {1} löste aus",
	"Le disjoncteur de {1} s’est ouvert", "L’interruttore di {1} è scattato",
	"Se abrió el disyuntor de {1}")
WORD(WAS_LEFT, "{1} was left alone", "{1} wurde in Ruhe gelassen", "{1} a été laissé en paix",
	"{1} è stato lasciato in pace", "{1} fue dejado en paz")
WORD(STOPPED_MAILS, "Mails that were stopped", "Angehaltene Mails", "Messages arrêtés",
	"Messaggi fermati", "Mensajes detenidos")
WORD(INFECTED_MAILS, "Infected mails", "Infizierte Mails", "Messages infectés", "Messaggi infetti",
	"Mensajes infectados")
WORD(FAILED_MAILS, "Mails on which a scanner failed", "Mails, bei denen ein Scanner ausfiel",
	"Messages où un antivirus a échoué", "Messaggi su cui un antivirus ha fallito",
	"Mensajes en que falló un antivirus")
WORD(FIRST_OF, "The first {1} of {2} mails", "Die ersten {1} von {2} Mails",
	"Les {1} premiers de {2} messages", "I primi {1} di {2} messaggi",
	"Los primeros {1} de {2} mensajes")
WORD(PLACES_OF, "{1} to {2} of {3}", "{1} bis {2} von {3}", "{1} à {2} sur {3}", "{1} a {2} di {3}",
	"{1} a {2} de {3}")
WORD(IN_THE_SHELL, "All of them, in the shell", "Alle, in der Shell", "Tous, dans le shell",
	"Tutti, nella shell", "Todos, en la shell")
WORD(ALL_FIGURES, "All figures", "Alle Zahlen", "Tous les chiffres", "Tutti i numeri",
	"Todas las cifras")
WORD(PREVIOUS, "Previous", "Zurück", "Précédents", "Precedenti", "Anteriores")
WORD(NEXT, "Next", "Weiter", "Suivants", "Successivi", "Siguientes")

/* all accounts */
WORD(ALL_ACCOUNTS, "All accounts", "Alle Konten", "Tous les comptes", "Tutti gli account",
	"Todas las cuentas")
WORD(ACCOUNTS, "accounts", "Konten", "comptes", "account", "cuentas")
WORD(ACCOUNT, "account", "Konto", "compte", "account", "cuenta")
WORD(ACCOUNTS_WITH_PAGES, "{1} of {2} accounts have pages", "{1} von {2} Konten haben Seiten",
	"{1} comptes sur {2} ont des pages", "{1} account su {2} hanno pagine",
	"{1} de {2} cuentas tienen páginas")
WORD(DEFAULT_PROFILE, "Default profile", "Standardprofil", "Profil par défaut",
	"Profilo predefinito", "Perfil predeterminado")
WORD(LAST_DAY, "last day", "letzter Tag", "dernier jour", "ultimo giorno", "último día")
WORD(LAST_DAY_OF_EACH, "The last day of each account", "Der letzte Tag jedes Kontos",
	"Le dernier jour de chaque compte", "L’ultimo giorno di ogni account",
	"El último día de cada cuenta")
WORD(ON_LAST_DAYS, "on each one’s last day", "am jeweils letzten Tag",
	"le dernier jour de chacun", "nell’ultimo giorno di ognuno", "en el último día de cada una")
WORD(OUT_OF_DATE, "out of date", "veraltet", "pas à jour", "non aggiornati", "desactualizados")
WORD(OLDER_THAN_TWO_DAYS, "older than two days", "älter als zwei Tage",
	"de plus de deux jours", "più vecchi di due giorni", "de más de dos días")
WORD(DAYS_OLD, "{1} days old", "{1} Tage alt", "il y a {1} jours", "{1} giorni fa",
	"hace {1} días")
WORD(TREND, "trend", "Verlauf", "tendance", "andamento", "evolución")
WORD(MAILS_OF_DAYS, "Mails of the last {1} days", "Mails der letzten {1} Tage",
	"Messages des {1} derniers jours", "Messaggi degli ultimi {1} giorni",
	"Mensajes de los últimos {1} días")
WORD(AND_MORE, "and {1} more", "und {1} weitere", "et {1} autres", "e altri {1}", "y {1} más")
WORD(WITHOUT_PAGES, "Accounts without pages", "Konten ohne Seiten", "Comptes sans pages",
	"Account senza pagine", "Cuentas sin páginas")
WORD(WHY_WITHOUT, "Why nothing is shown", "Warum nichts gezeigt wird", "Pourquoi rien n’est montré",
	"Perché non si mostra nulla", "Por qué no se muestra nada")
WORD(ONLY_FIRST, "The first {1} of {2}.", "Die ersten {1} von {2}.", "Les {1} premiers sur {2}.",
	"I primi {1} di {2}.", "Las primeras {1} de {2}.")
WORD(WHY, "why", "warum", "pourquoi", "perché", "por qué")
WORD(NO_PAGES_YET, "no report yet", "noch kein Bericht", "pas encore de rapport",
	"ancora nessun rapporto", "todavía sin informe")
WORD(PAGES_CLOSED, "not open to everybody", "nicht für alle lesbar", "pas lisible par tous",
	"non leggibile da tutti", "no legible para todos")
WORD(PAGES_UNFIT, "not as it should be", "nicht, wie es sein soll", "pas comme il le faudrait",
	"non come dovrebbe essere", "no es como debería ser")
WORD(NO_SUCH_USER, "no such user", "kein solcher Benutzer", "aucun utilisateur de ce nom",
	"nessun utente con questo nome", "no existe tal usuario")

/* virulator */
WORD(VIRUSES_AND_BAD, "Viruses and bad mail", "Viren und unerwünschte Mails",
	"Virus et messages indésirables", "Virus e messaggi indesiderati",
	"Virus y mensajes no deseados")
WORD(FROM_TO, "{1} to {2}", "{1} bis {2}", "{1} à {2}", "{1} – {2}", "{1} a {2}")
WORD(HOUR_BY_HOUR, "Hour by hour", "Stunde für Stunde", "Heure par heure", "Ora per ora",
	"Hora por hora")
WORD(VIRUS_TIME_NOTE,
	"Each bar leads to its mails. A mail in which a scanner found something counts as one with a "
	"virus, whatever stopped it; one that was thrown away leaves no record, and is not here.",
	"Jede Säule führt zu ihren Mails. Eine Mail, in der ein Scanner etwas fand, zählt als eine mit "
	"Virus, gleich was sie anhielt; was weggeworfen wurde, hinterließ keinen Eintrag und fehlt hier.",
	"Chaque barre mène à ses messages. Un message où un antivirus a trouvé quelque chose compte "
	"comme porteur de virus, quoi qui l’ait arrêté ; ce qui a été jeté n’a pas laissé de trace et manque ici.",
	"Ogni barra porta ai suoi messaggi. Un messaggio in cui un antivirus ha trovato qualcosa conta "
	"come uno con virus, qualunque cosa l’abbia fermato; ciò che è stato gettato non ha lasciato "
	"nulla e qui manca.",
	"Cada barra lleva a sus mensajes. Un mensaje en el que un antivirus encontró algo cuenta como "
	"uno con virus, sea lo que sea lo que lo detuvo; lo que se tiró no dejó nada y no está aquí.")
WORD(WHO_SENDS, "Who sends viruses, and to whom", "Wer Viren schickt, und wem",
	"Qui envoie des virus, et à qui", "Chi manda virus, e a chi", "Quién envía virus, y a quién")
WORD(FORGED_NOTE,
	"An envelope sender is what somebody wrote there; viruses mostly write a stranger’s.",
	"Ein Absender ist, was jemand hingeschrieben hat; Viren schreiben meist einen fremden hin.",
	"Un expéditeur est ce que quelqu’un a écrit ; les virus écrivent le plus souvent celui d’un autre.",
	"Un mittente è ciò che qualcuno ha scritto; i virus scrivono per lo più quello di un altro.",
	"Un remitente es lo que alguien escribió; los virus suelen escribir el de otro.")
WORD(VIRUS_RECIPIENTS, "Recipients of viruses", "Empfänger von Viren", "Destinataires de virus",
	"Destinatari di virus", "Destinatarios de virus")
WORD(WHICH_VIRUSES, "Which viruses", "Welche Viren", "Quels virus", "Quali virus", "Qué virus")
WORD(WHICH_VIRUSES_NOTE, "Scanners call the same virus by different names.",
	"Scanner nennen denselben Virus verschieden.",
	"Les antivirus donnent des noms différents au même virus.",
	"Gli antivirus danno nomi diversi allo stesso virus.",
	"Los antivirus dan nombres distintos al mismo virus.")
WORD(WHICH_FILES, "In which files", "In welchen Dateien", "Dans quels fichiers", "In quali file",
	"En qué archivos")
WORD(FILES_NOTE,
	"The names of parts and of what is in archives; types by content where qmvc looked, else as the "
	"mail said.",
	"Die Namen der Teile und dessen, was in Archiven liegt; Typen nach dem Inhalt, wo qmvc hineinsah, "
	"sonst wie die Mail sie nennt.",
	"Les noms des parties et du contenu des archives ; les types d’après le contenu là où qmvc a "
	"regardé, sinon d’après le message.",
	"I nomi delle parti e di ciò che sta negli archivi; i tipi secondo il contenuto dove qmvc ha "
	"guardato, altrimenti secondo il messaggio.",
	"Los nombres de las partes y de lo que hay en los archivos comprimidos; los tipos según el "
	"contenido donde qmvc miró, si no según el mensaje.")
WORD(FILE_NAMES, "File names", "Dateinamen", "Noms de fichiers", "Nomi di file", "Nombres de archivo")
WORD(FILE_TYPES, "Types", "Typen", "Types", "Tipi", "Tipos")
WORD(FILE, "File", "Datei", "Fichier", "File", "Archivo")
WORD(WHAT_ELSE, "What else was stopped", "Was sonst angehalten wurde", "Ce qui a été arrêté d’autre",
	"Che altro è stato fermato", "Qué más se detuvo")
WORD(WHAT_ELSE_NOTE, "By the condition that decided, and the rules by which it was met.",
	"Nach der Bedingung, die entschied, und den Regeln, durch die sie zutraf.",
	"D’après la condition qui a décidé et les règles qui l’ont remplie.",
	"Secondo la condizione che ha deciso e le regole che l’hanno soddisfatta.",
	"Según la condición que decidió y las reglas por las que se cumplió.")
WORD(RULES, "Rules", "Regeln", "Règles", "Regole", "Reglas")
WORD(SENDERS, "Senders", "Absender", "Expéditeurs", "Mittenti", "Remitentes")
WORD(DOMAINS, "Domains", "Domains", "Domaines", "Domini", "Dominios")
WORD(RECIPIENTS, "Recipients", "Empfänger", "Destinataires", "Destinatari", "Destinatarios")
WORD(NOT_SCANNED, "no scanner answered", "kein Scanner antwortete", "aucun antivirus n’a répondu",
	"nessun antivirus ha risposto", "ningún antivirus respondió")
WORD(MORE_BY, "More of them, in the shell: {1}", "Mehr davon, in der Shell: {1}",
	"D’autres, dans le shell : {1}", "Altri, nella shell: {1}", "Más, en la shell: {1}")
WORD(PATTERNS, "Patterns", "Muster", "Signatures", "Firme", "Firmas")
WORD(AGE, "Age", "Alter", "Âge", "Età", "Antigüedad")
WORD(STATE, "State", "Zustand", "État", "Stato", "Estado")
WORD(ENGINE, "Engine", "Programm", "Moteur", "Motore", "Motor")
WORD(AGE_TODAY, "today’s", "von heute", "du jour", "di oggi", "de hoy")
WORD(AGE_DAY, "1 day", "1 Tag", "1 jour", "1 giorno", "1 día")
WORD(AGE_DAYS, "{1} days", "{1} Tage", "{1} jours", "{1} giorni", "{1} días")
WORD(SCANNERS_NOW, "Scanners and their patterns, when this was written",
	"Scanner und ihre Muster, als dies geschrieben wurde",
	"Antivirus et leurs signatures, au moment de l’écriture",
	"Antivirus e le loro firme, quando questo è stato scritto",
	"Antivirus y sus firmas, cuando se escribió esto")
WORD(SCANNERS_NOW_NOTE, "Patterns older than {1} days want care, as qmvc -t and scanners -l have it.",
	"Muster, die älter als {1} Tage sind, brauchen Aufmerksamkeit, wie bei qmvc -t und scanners -l.",
	"Des signatures de plus de {1} jours demandent attention, comme pour qmvc -t et scanners -l.",
	"Firme più vecchie di {1} giorni chiedono attenzione, come per qmvc -t e scanners -l.",
	"Firmas de más de {1} días piden atención, como para qmvc -t y scanners -l.")
WORD(NO_SCANNER, "No scanner is configured", "Kein Scanner ist eingerichtet",
	"Aucun antivirus n’est configuré", "Nessun antivirus è configurato",
	"No hay ningún antivirus configurado")
WORD(NEEDS_CARE, "needs care", "braucht Aufmerksamkeit", "demande attention", "chiede attenzione",
	"pide atención")
WORD(NEED_CARE, "need care", "brauchen Aufmerksamkeit", "demandent attention",
	"chiedono attenzione", "piden atención")
WORD(STATE_WELL, "well", "in Ordnung", "en ordre", "in ordine", "en orden")
WORD(STATE_UNTOLD, "tells nothing of itself", "sagt nichts über sich", "ne dit rien de lui-même",
	"non dice nulla di sé", "no dice nada de sí")
WORD(STATE_OLD_PATTERNS, "wants care: old patterns", "braucht Aufmerksamkeit: alte Muster",
	"demande attention : signatures anciennes", "chiede attenzione: firme vecchie",
	"pide atención: firmas antiguas")
WORD(STATE_PAUSED, "wants care: left alone for a while", "braucht Aufmerksamkeit: wird geschont",
	"demande attention : laissé en paix un moment", "chiede attenzione: lasciato in pace per un po’",
	"pide atención: se le deja en paz un rato")
WORD(STATE_WITHOUT, "wants care: no patterns", "braucht Aufmerksamkeit: keine Muster",
	"demande attention : pas de signatures", "chiede attenzione: nessuna firma",
	"pide atención: sin firmas")
WORD(STATE_BROKEN, "wants care: cannot be used", "braucht Aufmerksamkeit: nicht zu gebrauchen",
	"demande attention : inutilisable", "chiede attenzione: non utilizzabile",
	"pide atención: no se puede usar")
WORD(STATE_SILENT, "wants care: not reached", "braucht Aufmerksamkeit: nicht erreicht",
	"demande attention : pas joignable", "chiede attenzione: non raggiunto",
	"pide atención: no se alcanza")
WORD(STATE_TOO_SLOW, "wants care: no answer in time", "braucht Aufmerksamkeit: antwortete nicht rechtzeitig",
	"demande attention : pas de réponse à temps", "chiede attenzione: nessuna risposta in tempo",
	"pide atención: sin respuesta a tiempo")

/* the page of qmvcbench(8) */
WORD(BENCH, "Ways of asking scanners", "Wege, Scanner zu fragen", "Façons d’interroger les antivirus",
	"Modi di interrogare gli antivirus", "Modos de consultar los antivirus")
WORD(BENCH_OF_LOG, "Reckoned from the log; mails: {1}", "Errechnet aus dem Log; Mails: {1}",
	"Calculé d’après le journal ; messages : {1}", "Calcolato dal registro; messaggi: {1}",
	"Calculado con el registro; mensajes: {1}")
WORD(BENCH_OF_MAILS, "Measured; mails: {1}, rounds: {2}", "Gemessen; Mails: {1}, Runden: {2}",
	"Mesuré ; messages : {1}, tours : {2}", "Misurato; messaggi: {1}, giri: {2}",
	"Medido; mensajes: {1}, rondas: {2}")
WORD(BENCH_ADVICE, "What is recommended", "Was zu empfehlen ist", "Ce qui est recommandé",
	"Che cosa si consiglia", "Lo que se recomienda")
/* {1}: "F, then C"; {2}: nothing, BENCH_WITH, BENCH_UNCHANGED or both */
WORD(BENCH_ALONE, "Ask {1} alone{2}.", "{1} allein fragen{2}.", "Interroger {1} seul{2}.",
	"Interrogare solo {1}{2}.", "Consultar solo {1}{2}.")
WORD(BENCH_SEQUENTIAL, "Ask {1}, one after the other{2}.", "Nacheinander fragen: {1}{2}.",
	"Interroger l’un après l’autre : {1}{2}.", "Interrogare uno dopo l’altro: {1}{2}.",
	"Consultar uno tras otro: {1}{2}.")
WORD(BENCH_AT_ONCE, "Ask {1} at once{2}.", "Zugleich fragen: {1}{2}.",
	"Interroger à la fois : {1}{2}.", "Interrogare insieme: {1}{2}.", "Consultar a la vez: {1}{2}.")
WORD(BENCH_THEN, ", then ", ", dann ", ", puis ", ", poi ", ", luego ")
WORD(BENCH_AND, " and ", " und ", " et ", " e ", " y ")
WORD(BENCH_WITH, ", with quitasap", ", mit quitasap", ", avec quitasap", ", con quitasap",
	", con quitasap")
WORD(BENCH_UNCHANGED, " (as it is now)", " (wie es jetzt ist)", " (comme actuellement)",
	" (come adesso)", " (como es ahora)")
WORD(BENCH_TAKES, "A mail then takes {1} on average{2}.", "Eine Mail braucht dann im Mittel {1}{2}.",
	"Un message prend alors {1} en moyenne{2}.", "Un messaggio richiede allora {1} in media{2}.",
	"Un mensaje tarda entonces {1} de media{2}.")
WORD(BENCH_AGAINST, ", against ", ", gegenüber ", ", contre ", ", contro ", ", frente a ")
WORD(BENCH_TAKES_NOW, "{1} as it is now", "jetzt {1}", "{1} actuellement", "{1} adesso", "{1} ahora")
WORD(BENCH_TAKES_AT_ONCE, "{1} with all at once", "{1} mit allen zugleich", "{1} avec tous à la fois",
	"{1} con tutti insieme", "{1} con todos a la vez")
WORD(BENCH_TAKES_SEQUENTIAL, "{1} in the best order one after the other",
	"{1} in der besten Reihenfolge nacheinander", "{1} dans le meilleur ordre l’un après l’autre",
	"{1} nel miglior ordine uno dopo l’altro", "{1} en el mejor orden uno tras otro")
WORD(BENCH_TENTH,
	"That is no more than a tenth slower than all at once, and they do not work at the same time.",
	"Das ist höchstens ein Zehntel langsamer als alle zugleich, und sie arbeiten nicht "
	"gleichzeitig.",
	"C’est au plus un dixième plus lent que tous à la fois, et ils ne travaillent pas en même "
	"temps.",
	"È al massimo un decimo più lento che tutti insieme, e non lavorano nello stesso momento.",
	"Es a lo sumo una décima parte más lento que todos a la vez, y no trabajan al mismo tiempo.")
WORD(BENCH_SPARES,
	"That saves {1} of {2} starts of scanners, for what the first ones find is not shown to the "
	"others (mails: {3}, caught: {4}).",
	"Das spart {1} von {2} Starts von Scannern, denn was die ersten finden, wird den anderen nicht "
	"gezeigt (Mails: {3}, erwischt: {4}).",
	"Cela évite {1} lancements d’antivirus sur {2}, car ce que trouvent les premiers n’est pas "
	"montré aux autres (messages : {3}, attrapés : {4}).",
	"Così si risparmiano {1} avvii di antivirus su {2}, perché ciò che trovano i primi non viene "
	"mostrato agli altri (messaggi: {3}, presi: {4}).",
	"Así se ahorran {1} de {2} arranques de antivirus, pues lo que encuentran los primeros no se "
	"muestra a los demás (mensajes: {3}, atrapados: {4}).")
WORD(BENCH_WAITS,
	"The mail waits for the slowest only, where one after the other it waits for all of them; "
	"quitasap ends those still at work when one finds something.",
	"Die Mail wartet nur auf den langsamsten, nacheinander wartet sie auf alle; quitasap beendet die "
	"noch arbeitenden, sobald einer etwas findet.",
	"Le message n’attend que le plus lent, alors que l’un après l’autre il les attend tous ; "
	"quitasap arrête ceux qui travaillent encore dès que l’un trouve quelque chose.",
	"Il messaggio aspetta solo il più lento, mentre uno dopo l’altro li aspetta tutti; quitasap "
	"ferma quelli ancora al lavoro appena uno trova qualcosa.",
	"El mensaje espera solo al más lento, mientras que uno tras otro los espera a todos; quitasap "
	"detiene a los que aún trabajan en cuanto uno encuentra algo.")
WORD(BENCH_GUESSED,
	"Answers of scanners not asked or cancelled are guessed ({1}): clean, and as long as that "
	"scanner took for another mail.",
	"Antworten nicht gefragter oder abgebrochener Scanner sind geschätzt ({1}): sauber, und so lange "
	"wie dieser Scanner für eine andere Mail brauchte.",
	"Les réponses des antivirus non interrogés ou interrompus sont estimées ({1}) : sain, et aussi "
	"long que cet antivirus a mis pour un autre message.",
	"Le risposte degli antivirus non interrogati o interrotti sono stimate ({1}): pulito, e il tempo "
	"che quell’antivirus ha impiegato per un altro messaggio.",
	"Las respuestas de los antivirus no consultados o interrumpidos están estimadas ({1}): limpio, y "
	"el tiempo que ese antivirus tardó con otro mensaje.")
WORD(BENCH_SILENT, "No answer of {1} is known: it is left out, and comes last.",
	"Von {1} ist keine Antwort bekannt: er bleibt außer Betracht und kommt zuletzt.",
	"Aucune réponse de {1} n’est connue : il n’est pas pris en compte et vient en dernier.",
	"Di {1} non è nota alcuna risposta: non viene considerato e viene per ultimo.",
	"No se conoce ninguna respuesta de {1}: no se tiene en cuenta y va el último.")
WORD(BENCH_FAILED, "Runs that were deferred: {1} of {2}; they are in no figure.",
	"Zurückgestellte Durchläufe: {1} von {2}; sie stehen in keiner Zahl.",
	"Passages différés : {1} sur {2} ; ils n’entrent dans aucun chiffre.",
	"Esecuzioni rinviate: {1} su {2}; non entrano in nessuna cifra.",
	"Pasadas aplazadas: {1} de {2}; no entran en ninguna cifra.")
WORD(BENCH_MISSING, "Now quitasap is missing: add it to the line virus in filters.",
	"Jetzt fehlt quitasap: es gehört in die Zeile virus in filters.",
	"Il manque quitasap : il va dans la ligne virus de filters.",
	"Adesso manca quitasap: va nella riga virus di filters.",
	"Ahora falta quitasap: va en la línea virus de filters.")
WORD(BENCH_NO_STOP,
	"But virus in filters does not stop the mail, so quitasap may not stand there: all scanners are "
	"always asked to the end.",
	"Aber virus in filters hält die Mail nicht auf, darum darf quitasap dort nicht stehen: alle "
	"Scanner werden immer bis zum Ende gefragt.",
	"Mais virus dans filters n’arrête pas le message, quitasap ne peut donc pas y figurer : tous les "
	"antivirus sont toujours interrogés jusqu’au bout.",
	"Ma virus in filters non ferma il messaggio, perciò quitasap non può starci: tutti gli antivirus "
	"sono sempre interrogati fino in fondo.",
	"Pero virus en filters no detiene el mensaje, así que quitasap no puede estar ahí: siempre se "
	"consulta a todos los antivirus hasta el final.")
WORD(BENCH_QUITASAP,
	"With quitasap the first that finds something ends the search. > means one after the other, + "
	"at once.",
	"Mit quitasap beendet der erste, der etwas findet, die Suche. > heißt nacheinander, + zugleich.",
	"Avec quitasap, le premier qui trouve quelque chose met fin à la recherche. > veut dire l’un "
	"après l’autre, + à la fois.",
	"Con quitasap il primo che trova qualcosa termina la ricerca. > vuol dire uno dopo l’altro, + "
	"insieme.",
	"Con quitasap el primero que encuentra algo termina la búsqueda. > quiere decir uno tras otro, + "
	"a la vez.")
WORD(BENCH_FILE, "The file scanners: its lines", "Die Datei scanners: ihre Zeilen",
	"Le fichier scanners : ses lignes", "Il file scanners: le sue righe",
	"El archivo scanners: sus líneas")
WORD(BENCH_FILE_NOTE, "What else is in it stays; qmvcbench -w writes it.",
	"Was sonst darin steht, bleibt; qmvcbench -w schreibt sie.",
	"Le reste de son contenu demeure ; qmvcbench -w l’écrit.",
	"Il resto del contenuto rimane; qmvcbench -w lo scrive.",
	"El resto de su contenido se queda; qmvcbench -w lo escribe.")
WORD(BENCH_WAY, "Way", "Weg", "Façon", "Modo", "Modo")
WORD(BENCH_MEAN, "Mean", "Mittel", "Moyenne", "Media", "Media")
WORD(BENCH_MEAN_DELAY, "Mean delay", "Mittlere Verzögerung", "Délai moyen", "Ritardo medio",
	"Demora media")
WORD(BENCH_CAUGHT, "Caught", "Erwischt", "Attrapés", "Presi", "Atrapados")
WORD(BENCH_SAVED, "Starts saved", "Gesparte Starts", "Lancements évités", "Avvii risparmiati",
	"Arranques ahorrados")
WORD(BENCH_MEASURED, "Measured ways", "Gemessene Wege", "Façons mesurées", "Modi misurati",
	"Modos medidos")
WORD(BENCH_RECKONED, "Reckoned ways", "Errechnete Wege", "Façons calculées", "Modi calcolati",
	"Modos calculados")
WORD(BENCH_RECOMMENDED, "recommended", "empfohlen", "recommandé", "consigliato", "recomendado")
WORD(BENCH_NOW, "as it is now", "wie es jetzt ist", "comme actuellement", "come adesso",
	"como es ahora")
WORD(BENCH_ANSWERS, "Answers", "Antworten", "Réponses", "Risposte", "Respuestas")
WORD(BENCH_UNKNOWN, "Not known", "Unbekannt", "Inconnues", "Non note", "Desconocidas")
