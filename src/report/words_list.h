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
