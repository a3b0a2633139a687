/*
 * All words of the reports, in their five languages: WORD(NAME, english, deutsch, français, italiano,
 * español). Included by words.h and words.c only, each with its own WORD(). What stands in braces is
 * filled in by words_fill().
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
WORD(MISSED, "Missed", "Verpasst", "Manqués", "Mancati", "No vistos")
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
	"Ce qui a été rempli, et ce qui a été fait", "Che cosa si è verificato, e che cosa è stato fatto",
	"Lo que se cumplió, y lo que se hizo")
WORD(CONDITIONS, "Conditions", "Bedingungen", "Conditions", "Condizioni", "Condiciones")
WORD(ACTIONS, "Actions", "Aktionen", "Actions", "Azioni", "Acciones")
