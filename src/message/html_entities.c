/*
 * The named character references of HTML (HTML Living Standard 13.5), as far as they stand for one
 * character that can be part of a word, of punctuation or of the space between words: all of HTML 4
 * and what later versions added for ASCII, Latin, Greek, Cyrillic and blanks. Arrows, operators
 * and alphabets of mathematics are left as they stand. The names stand inside the entries, not
 * behind pointers, so that the table is shared read-only memory and costs nothing when a program
 * starts. Sorted by strcmp(3), for bsearch(3).
 */
#include "message/html_entities.h"
#include "message/unicode.h"

#include <stdlib.h>

#define ENTITY_NAME_MAX 22

struct entity {
	char name[ENTITY_NAME_MAX + 1];
	unsigned char bare; /* understood without ";" too, as old HTML allowed */
	uint16_t character;
};

/* clang-format off */
static const struct entity entities[] = {
	{"AElig", 1, 0x00c6}, {"AMP", 1, 0x0026}, {"Aacute", 1, 0x00c1}, {"Abreve", 0, 0x0102},
	{"Acirc", 1, 0x00c2}, {"Acy", 0, 0x0410}, {"Agrave", 1, 0x00c0}, {"Alpha", 0, 0x0391},
	{"Amacr", 0, 0x0100}, {"Aogon", 0, 0x0104}, {"ApplyFunction", 0, 0x2061},
	{"Aring", 1, 0x00c5}, {"Atilde", 1, 0x00c3}, {"Auml", 1, 0x00c4}, {"Bcy", 0, 0x0411},
	{"Bernoullis", 0, 0x212c}, {"Beta", 0, 0x0392}, {"Breve", 0, 0x02d8}, {"Bscr", 0, 0x212c},
	{"CHcy", 0, 0x0427}, {"COPY", 1, 0x00a9}, {"Cacute", 0, 0x0106}, {"Cayleys", 0, 0x212d},
	{"Ccaron", 0, 0x010c}, {"Ccedil", 1, 0x00c7}, {"Ccirc", 0, 0x0108}, {"Cdot", 0, 0x010a},
	{"Cedilla", 0, 0x00b8}, {"CenterDot", 0, 0x00b7}, {"Cfr", 0, 0x212d}, {"Chi", 0, 0x03a7},
	{"CloseCurlyDoubleQuote", 0, 0x201d}, {"CloseCurlyQuote", 0, 0x2019}, {"Copf", 0, 0x2102},
	{"DJcy", 0, 0x0402}, {"DScy", 0, 0x0405}, {"DZcy", 0, 0x040f}, {"Dagger", 0, 0x2021},
	{"Dcaron", 0, 0x010e}, {"Dcy", 0, 0x0414}, {"Delta", 0, 0x0394},
	{"DiacriticalAcute", 0, 0x00b4}, {"DiacriticalDot", 0, 0x02d9},
	{"DiacriticalDoubleAcute", 0, 0x02dd}, {"DiacriticalGrave", 0, 0x0060},
	{"DiacriticalTilde", 0, 0x02dc}, {"Dot", 0, 0x00a8}, {"DoubleDot", 0, 0x00a8},
	{"DownBreve", 0, 0x0311}, {"Dstrok", 0, 0x0110}, {"ENG", 0, 0x014a}, {"ETH", 1, 0x00d0},
	{"Eacute", 1, 0x00c9}, {"Ecaron", 0, 0x011a}, {"Ecirc", 1, 0x00ca}, {"Ecy", 0, 0x042d},
	{"Edot", 0, 0x0116}, {"Egrave", 1, 0x00c8}, {"Emacr", 0, 0x0112}, {"Eogon", 0, 0x0118},
	{"Epsilon", 0, 0x0395}, {"Escr", 0, 0x2130}, {"Eta", 0, 0x0397}, {"Euml", 1, 0x00cb},
	{"Fcy", 0, 0x0424}, {"Fouriertrf", 0, 0x2131}, {"Fscr", 0, 0x2131}, {"GJcy", 0, 0x0403},
	{"GT", 1, 0x003e}, {"Gamma", 0, 0x0393}, {"Gammad", 0, 0x03dc}, {"Gbreve", 0, 0x011e},
	{"Gcedil", 0, 0x0122}, {"Gcirc", 0, 0x011c}, {"Gcy", 0, 0x0413}, {"Gdot", 0, 0x0120},
	{"HARDcy", 0, 0x042a}, {"Hacek", 0, 0x02c7}, {"Hat", 0, 0x005e}, {"Hcirc", 0, 0x0124},
	{"Hfr", 0, 0x210c}, {"HilbertSpace", 0, 0x210b}, {"Hopf", 0, 0x210d}, {"Hscr", 0, 0x210b},
	{"Hstrok", 0, 0x0126}, {"IEcy", 0, 0x0415}, {"IJlig", 0, 0x0132}, {"IOcy", 0, 0x0401},
	{"Iacute", 1, 0x00cd}, {"Icirc", 1, 0x00ce}, {"Icy", 0, 0x0418}, {"Idot", 0, 0x0130},
	{"Ifr", 0, 0x2111}, {"Igrave", 1, 0x00cc}, {"Im", 0, 0x2111}, {"Imacr", 0, 0x012a},
	{"InvisibleComma", 0, 0x2063}, {"InvisibleTimes", 0, 0x2062}, {"Iogon", 0, 0x012e},
	{"Iota", 0, 0x0399}, {"Iscr", 0, 0x2110}, {"Itilde", 0, 0x0128}, {"Iukcy", 0, 0x0406},
	{"Iuml", 1, 0x00cf}, {"Jcirc", 0, 0x0134}, {"Jcy", 0, 0x0419}, {"Jsercy", 0, 0x0408},
	{"Jukcy", 0, 0x0404}, {"KHcy", 0, 0x0425}, {"KJcy", 0, 0x040c}, {"Kappa", 0, 0x039a},
	{"Kcedil", 0, 0x0136}, {"Kcy", 0, 0x041a}, {"LJcy", 0, 0x0409}, {"LT", 1, 0x003c},
	{"Lacute", 0, 0x0139}, {"Lambda", 0, 0x039b}, {"Laplacetrf", 0, 0x2112},
	{"Lcaron", 0, 0x013d}, {"Lcedil", 0, 0x013b}, {"Lcy", 0, 0x041b}, {"Lmidot", 0, 0x013f},
	{"Lscr", 0, 0x2112}, {"Lstrok", 0, 0x0141}, {"Mcy", 0, 0x041c}, {"MediumSpace", 0, 0x205f},
	{"Mellintrf", 0, 0x2133}, {"Mscr", 0, 0x2133}, {"Mu", 0, 0x039c}, {"NJcy", 0, 0x040a},
	{"Nacute", 0, 0x0143}, {"Ncaron", 0, 0x0147}, {"Ncedil", 0, 0x0145}, {"Ncy", 0, 0x041d},
	{"NegativeMediumSpace", 0, 0x200b}, {"NegativeThickSpace", 0, 0x200b},
	{"NegativeThinSpace", 0, 0x200b}, {"NegativeVeryThinSpace", 0, 0x200b},
	{"NewLine", 0, 0x000a}, {"NoBreak", 0, 0x2060}, {"NonBreakingSpace", 0, 0x00a0},
	{"Nopf", 0, 0x2115}, {"Ntilde", 1, 0x00d1}, {"Nu", 0, 0x039d}, {"OElig", 0, 0x0152},
	{"Oacute", 1, 0x00d3}, {"Ocirc", 1, 0x00d4}, {"Ocy", 0, 0x041e}, {"Odblac", 0, 0x0150},
	{"Ograve", 1, 0x00d2}, {"Omacr", 0, 0x014c}, {"Omega", 0, 0x03a9}, {"Omicron", 0, 0x039f},
	{"OpenCurlyDoubleQuote", 0, 0x201c}, {"OpenCurlyQuote", 0, 0x2018}, {"Oslash", 1, 0x00d8},
	{"Otilde", 1, 0x00d5}, {"Ouml", 1, 0x00d6}, {"OverBar", 0, 0x203e}, {"Pcy", 0, 0x041f},
	{"Phi", 0, 0x03a6}, {"Pi", 0, 0x03a0}, {"PlusMinus", 0, 0x00b1},
	{"Poincareplane", 0, 0x210c}, {"Popf", 0, 0x2119}, {"Prime", 0, 0x2033},
	{"Psi", 0, 0x03a8}, {"QUOT", 1, 0x0022}, {"Qopf", 0, 0x211a}, {"REG", 1, 0x00ae},
	{"Racute", 0, 0x0154}, {"Rcaron", 0, 0x0158}, {"Rcedil", 0, 0x0156}, {"Rcy", 0, 0x0420},
	{"Re", 0, 0x211c}, {"Rfr", 0, 0x211c}, {"Rho", 0, 0x03a1}, {"Ropf", 0, 0x211d},
	{"Rscr", 0, 0x211b}, {"SHCHcy", 0, 0x0429}, {"SHcy", 0, 0x0428}, {"SOFTcy", 0, 0x042c},
	{"Sacute", 0, 0x015a}, {"Scaron", 0, 0x0160}, {"Scedil", 0, 0x015e}, {"Scirc", 0, 0x015c},
	{"Scy", 0, 0x0421}, {"Sigma", 0, 0x03a3}, {"THORN", 1, 0x00de}, {"TRADE", 0, 0x2122},
	{"TSHcy", 0, 0x040b}, {"TScy", 0, 0x0426}, {"Tab", 0, 0x0009}, {"Tau", 0, 0x03a4},
	{"Tcaron", 0, 0x0164}, {"Tcedil", 0, 0x0162}, {"Tcy", 0, 0x0422}, {"Theta", 0, 0x0398},
	{"ThinSpace", 0, 0x2009}, {"Tstrok", 0, 0x0166}, {"Uacute", 1, 0x00da},
	{"Ubrcy", 0, 0x040e}, {"Ubreve", 0, 0x016c}, {"Ucirc", 1, 0x00db}, {"Ucy", 0, 0x0423},
	{"Udblac", 0, 0x0170}, {"Ugrave", 1, 0x00d9}, {"Umacr", 0, 0x016a},
	{"UnderBar", 0, 0x005f}, {"Uogon", 0, 0x0172}, {"Upsi", 0, 0x03d2}, {"Upsilon", 0, 0x03a5},
	{"Uring", 0, 0x016e}, {"Utilde", 0, 0x0168}, {"Uuml", 1, 0x00dc}, {"Vcy", 0, 0x0412},
	{"Verbar", 0, 0x2016}, {"Vert", 0, 0x2016}, {"VerticalLine", 0, 0x007c},
	{"VeryThinSpace", 0, 0x200a}, {"Wcirc", 0, 0x0174}, {"Xi", 0, 0x039e}, {"YAcy", 0, 0x042f},
	{"YIcy", 0, 0x0407}, {"YUcy", 0, 0x042e}, {"Yacute", 1, 0x00dd}, {"Ycirc", 0, 0x0176},
	{"Ycy", 0, 0x042b}, {"Yuml", 0, 0x0178}, {"ZHcy", 0, 0x0416}, {"Zacute", 0, 0x0179},
	{"Zcaron", 0, 0x017d}, {"Zcy", 0, 0x0417}, {"Zdot", 0, 0x017b},
	{"ZeroWidthSpace", 0, 0x200b}, {"Zeta", 0, 0x0396}, {"Zfr", 0, 0x2128},
	{"Zopf", 0, 0x2124}, {"aacute", 1, 0x00e1}, {"abreve", 0, 0x0103}, {"acirc", 1, 0x00e2},
	{"acute", 1, 0x00b4}, {"acy", 0, 0x0430}, {"aelig", 1, 0x00e6}, {"af", 0, 0x2061},
	{"agrave", 1, 0x00e0}, {"alefsym", 0, 0x2135}, {"aleph", 0, 0x2135}, {"alpha", 0, 0x03b1},
	{"amacr", 0, 0x0101}, {"amp", 1, 0x0026}, {"and", 0, 0x2227}, {"ang", 0, 0x2220},
	{"angst", 0, 0x00c5}, {"aogon", 0, 0x0105}, {"apos", 0, 0x0027}, {"aring", 1, 0x00e5},
	{"ast", 0, 0x002a}, {"asymp", 0, 0x2248}, {"atilde", 1, 0x00e3}, {"auml", 1, 0x00e4},
	{"backepsilon", 0, 0x03f6}, {"backprime", 0, 0x2035}, {"bcy", 0, 0x0431},
	{"bdquo", 0, 0x201e}, {"bepsi", 0, 0x03f6}, {"bernou", 0, 0x212c}, {"beta", 0, 0x03b2},
	{"beth", 0, 0x2136}, {"bprime", 0, 0x2035}, {"breve", 0, 0x02d8}, {"brvbar", 1, 0x00a6},
	{"bsemi", 0, 0x204f}, {"bsol", 0, 0x005c}, {"bull", 0, 0x2022}, {"bullet", 0, 0x2022},
	{"cacute", 0, 0x0107}, {"cap", 0, 0x2229}, {"caret", 0, 0x2041}, {"caron", 0, 0x02c7},
	{"ccaron", 0, 0x010d}, {"ccedil", 1, 0x00e7}, {"ccirc", 0, 0x0109}, {"cdot", 0, 0x010b},
	{"cedil", 1, 0x00b8}, {"cent", 1, 0x00a2}, {"centerdot", 0, 0x00b7}, {"chcy", 0, 0x0447},
	{"chi", 0, 0x03c7}, {"circ", 0, 0x02c6}, {"circledR", 0, 0x00ae}, {"clubs", 0, 0x2663},
	{"colon", 0, 0x003a}, {"comma", 0, 0x002c}, {"commat", 0, 0x0040},
	{"complexes", 0, 0x2102}, {"cong", 0, 0x2245}, {"copy", 1, 0x00a9}, {"copysr", 0, 0x2117},
	{"crarr", 0, 0x21b5}, {"cup", 0, 0x222a}, {"curren", 1, 0x00a4}, {"dArr", 0, 0x21d3},
	{"dagger", 0, 0x2020}, {"daleth", 0, 0x2138}, {"darr", 0, 0x2193}, {"dash", 0, 0x2010},
	{"dblac", 0, 0x02dd}, {"dcaron", 0, 0x010f}, {"dcy", 0, 0x0434}, {"ddagger", 0, 0x2021},
	{"deg", 1, 0x00b0}, {"delta", 0, 0x03b4}, {"diams", 0, 0x2666}, {"die", 0, 0x00a8},
	{"digamma", 0, 0x03dd}, {"div", 0, 0x00f7}, {"divide", 1, 0x00f7}, {"djcy", 0, 0x0452},
	{"dollar", 0, 0x0024}, {"dot", 0, 0x02d9}, {"dscy", 0, 0x0455}, {"dstrok", 0, 0x0111},
	{"dzcy", 0, 0x045f}, {"eacute", 1, 0x00e9}, {"ecaron", 0, 0x011b}, {"ecirc", 1, 0x00ea},
	{"ecy", 0, 0x044d}, {"edot", 0, 0x0117}, {"egrave", 1, 0x00e8}, {"ell", 0, 0x2113},
	{"emacr", 0, 0x0113}, {"empty", 0, 0x2205}, {"emsp", 0, 0x2003}, {"emsp13", 0, 0x2004},
	{"emsp14", 0, 0x2005}, {"eng", 0, 0x014b}, {"ensp", 0, 0x2002}, {"eogon", 0, 0x0119},
	{"epsi", 0, 0x03b5}, {"epsilon", 0, 0x03b5}, {"epsiv", 0, 0x03f5}, {"equals", 0, 0x003d},
	{"equiv", 0, 0x2261}, {"escr", 0, 0x212f}, {"eta", 0, 0x03b7}, {"eth", 1, 0x00f0},
	{"euml", 1, 0x00eb}, {"euro", 0, 0x20ac}, {"excl", 0, 0x0021}, {"exist", 0, 0x2203},
	{"expectation", 0, 0x2130}, {"fcy", 0, 0x0444}, {"ffilig", 0, 0xfb03},
	{"fflig", 0, 0xfb00}, {"ffllig", 0, 0xfb04}, {"filig", 0, 0xfb01}, {"fllig", 0, 0xfb02},
	{"fnof", 0, 0x0192}, {"forall", 0, 0x2200}, {"frac12", 1, 0x00bd}, {"frac14", 1, 0x00bc},
	{"frac34", 1, 0x00be}, {"frasl", 0, 0x2044}, {"gacute", 0, 0x01f5}, {"gamma", 0, 0x03b3},
	{"gammad", 0, 0x03dd}, {"gbreve", 0, 0x011f}, {"gcirc", 0, 0x011d}, {"gcy", 0, 0x0433},
	{"gdot", 0, 0x0121}, {"ge", 0, 0x2265}, {"gimel", 0, 0x2137}, {"gjcy", 0, 0x0453},
	{"grave", 0, 0x0060}, {"gscr", 0, 0x210a}, {"gt", 1, 0x003e}, {"hArr", 0, 0x21d4},
	{"hairsp", 0, 0x200a}, {"half", 0, 0x00bd}, {"hamilt", 0, 0x210b}, {"hardcy", 0, 0x044a},
	{"harr", 0, 0x2194}, {"hbar", 0, 0x210f}, {"hcirc", 0, 0x0125}, {"hearts", 0, 0x2665},
	{"hellip", 0, 0x2026}, {"horbar", 0, 0x2015}, {"hslash", 0, 0x210f}, {"hstrok", 0, 0x0127},
	{"hybull", 0, 0x2043}, {"hyphen", 0, 0x2010}, {"iacute", 1, 0x00ed}, {"ic", 0, 0x2063},
	{"icirc", 1, 0x00ee}, {"icy", 0, 0x0438}, {"iecy", 0, 0x0435}, {"iexcl", 1, 0x00a1},
	{"igrave", 1, 0x00ec}, {"iiota", 0, 0x2129}, {"ijlig", 0, 0x0133}, {"imacr", 0, 0x012b},
	{"image", 0, 0x2111}, {"imagline", 0, 0x2110}, {"imagpart", 0, 0x2111},
	{"imath", 0, 0x0131}, {"imped", 0, 0x01b5}, {"incare", 0, 0x2105}, {"infin", 0, 0x221e},
	{"inodot", 0, 0x0131}, {"int", 0, 0x222b}, {"integers", 0, 0x2124}, {"iocy", 0, 0x0451},
	{"iogon", 0, 0x012f}, {"iota", 0, 0x03b9}, {"iquest", 1, 0x00bf}, {"isin", 0, 0x2208},
	{"it", 0, 0x2062}, {"itilde", 0, 0x0129}, {"iukcy", 0, 0x0456}, {"iuml", 1, 0x00ef},
	{"jcirc", 0, 0x0135}, {"jcy", 0, 0x0439}, {"jmath", 0, 0x0237}, {"jsercy", 0, 0x0458},
	{"jukcy", 0, 0x0454}, {"kappa", 0, 0x03ba}, {"kappav", 0, 0x03f0}, {"kcedil", 0, 0x0137},
	{"kcy", 0, 0x043a}, {"kgreen", 0, 0x0138}, {"khcy", 0, 0x0445}, {"kjcy", 0, 0x045c},
	{"lArr", 0, 0x21d0}, {"lacute", 0, 0x013a}, {"lagran", 0, 0x2112}, {"lambda", 0, 0x03bb},
	{"lang", 0, 0x27e8}, {"laquo", 1, 0x00ab}, {"larr", 0, 0x2190}, {"lbrace", 0, 0x007b},
	{"lbrack", 0, 0x005b}, {"lcaron", 0, 0x013e}, {"lcedil", 0, 0x013c}, {"lceil", 0, 0x2308},
	{"lcub", 0, 0x007b}, {"lcy", 0, 0x043b}, {"ldquo", 0, 0x201c}, {"ldquor", 0, 0x201e},
	{"le", 0, 0x2264}, {"lfloor", 0, 0x230a}, {"ljcy", 0, 0x0459}, {"lmidot", 0, 0x0140},
	{"lowast", 0, 0x2217}, {"lowbar", 0, 0x005f}, {"loz", 0, 0x25ca}, {"lpar", 0, 0x0028},
	{"lrm", 0, 0x200e}, {"lsaquo", 0, 0x2039}, {"lsqb", 0, 0x005b}, {"lsquo", 0, 0x2018},
	{"lsquor", 0, 0x201a}, {"lstrok", 0, 0x0142}, {"lt", 1, 0x003c}, {"macr", 1, 0x00af},
	{"mcy", 0, 0x043c}, {"mdash", 0, 0x2014}, {"mho", 0, 0x2127}, {"micro", 1, 0x00b5},
	{"midast", 0, 0x002a}, {"middot", 1, 0x00b7}, {"minus", 0, 0x2212}, {"mldr", 0, 0x2026},
	{"mu", 0, 0x03bc}, {"nabla", 0, 0x2207}, {"nacute", 0, 0x0144}, {"napos", 0, 0x0149},
	{"naturals", 0, 0x2115}, {"nbsp", 1, 0x00a0}, {"ncaron", 0, 0x0148}, {"ncedil", 0, 0x0146},
	{"ncy", 0, 0x043d}, {"ndash", 0, 0x2013}, {"ne", 0, 0x2260}, {"ni", 0, 0x220b},
	{"njcy", 0, 0x045a}, {"nldr", 0, 0x2025}, {"not", 1, 0x00ac}, {"notin", 0, 0x2209},
	{"nsub", 0, 0x2284}, {"ntilde", 1, 0x00f1}, {"nu", 0, 0x03bd}, {"num", 0, 0x0023},
	{"numero", 0, 0x2116}, {"numsp", 0, 0x2007}, {"oacute", 1, 0x00f3}, {"ocirc", 1, 0x00f4},
	{"ocy", 0, 0x043e}, {"odblac", 0, 0x0151}, {"oelig", 0, 0x0153}, {"ogon", 0, 0x02db},
	{"ograve", 1, 0x00f2}, {"ohm", 0, 0x03a9}, {"oline", 0, 0x203e}, {"omacr", 0, 0x014d},
	{"omega", 0, 0x03c9}, {"omicron", 0, 0x03bf}, {"oplus", 0, 0x2295}, {"or", 0, 0x2228},
	{"order", 0, 0x2134}, {"orderof", 0, 0x2134}, {"ordf", 1, 0x00aa}, {"ordm", 1, 0x00ba},
	{"oscr", 0, 0x2134}, {"oslash", 1, 0x00f8}, {"otilde", 1, 0x00f5}, {"otimes", 0, 0x2297},
	{"ouml", 1, 0x00f6}, {"para", 1, 0x00b6}, {"part", 0, 0x2202}, {"pcy", 0, 0x043f},
	{"percnt", 0, 0x0025}, {"period", 0, 0x002e}, {"permil", 0, 0x2030}, {"perp", 0, 0x22a5},
	{"pertenk", 0, 0x2031}, {"phi", 0, 0x03c6}, {"phiv", 0, 0x03d5}, {"phmmat", 0, 0x2133},
	{"pi", 0, 0x03c0}, {"piv", 0, 0x03d6}, {"planck", 0, 0x210f}, {"planckh", 0, 0x210e},
	{"plankv", 0, 0x210f}, {"plus", 0, 0x002b}, {"plusmn", 1, 0x00b1}, {"pm", 0, 0x00b1},
	{"pound", 1, 0x00a3}, {"prime", 0, 0x2032}, {"primes", 0, 0x2119}, {"prod", 0, 0x220f},
	{"prop", 0, 0x221d}, {"psi", 0, 0x03c8}, {"puncsp", 0, 0x2008}, {"qprime", 0, 0x2057},
	{"quaternions", 0, 0x210d}, {"quest", 0, 0x003f}, {"quot", 1, 0x0022}, {"rArr", 0, 0x21d2},
	{"racute", 0, 0x0155}, {"radic", 0, 0x221a}, {"rang", 0, 0x27e9}, {"raquo", 1, 0x00bb},
	{"rarr", 0, 0x2192}, {"rationals", 0, 0x211a}, {"rbrace", 0, 0x007d},
	{"rbrack", 0, 0x005d}, {"rcaron", 0, 0x0159}, {"rcedil", 0, 0x0157}, {"rceil", 0, 0x2309},
	{"rcub", 0, 0x007d}, {"rcy", 0, 0x0440}, {"rdquo", 0, 0x201d}, {"rdquor", 0, 0x201d},
	{"real", 0, 0x211c}, {"realine", 0, 0x211b}, {"realpart", 0, 0x211c}, {"reals", 0, 0x211d},
	{"reg", 1, 0x00ae}, {"rfloor", 0, 0x230b}, {"rho", 0, 0x03c1}, {"rhov", 0, 0x03f1},
	{"ring", 0, 0x02da}, {"rlm", 0, 0x200f}, {"rpar", 0, 0x0029}, {"rsaquo", 0, 0x203a},
	{"rsqb", 0, 0x005d}, {"rsquo", 0, 0x2019}, {"rsquor", 0, 0x2019}, {"rx", 0, 0x211e},
	{"sacute", 0, 0x015b}, {"sbquo", 0, 0x201a}, {"scaron", 0, 0x0161}, {"scedil", 0, 0x015f},
	{"scirc", 0, 0x015d}, {"scy", 0, 0x0441}, {"sdot", 0, 0x22c5}, {"sect", 1, 0x00a7},
	{"semi", 0, 0x003b}, {"shchcy", 0, 0x0449}, {"shcy", 0, 0x0448}, {"shy", 1, 0x00ad},
	{"sigma", 0, 0x03c3}, {"sigmaf", 0, 0x03c2}, {"sigmav", 0, 0x03c2}, {"sim", 0, 0x223c},
	{"softcy", 0, 0x044c}, {"sol", 0, 0x002f}, {"spades", 0, 0x2660},
	{"straightepsilon", 0, 0x03f5}, {"straightphi", 0, 0x03d5}, {"strns", 0, 0x00af},
	{"sub", 0, 0x2282}, {"sube", 0, 0x2286}, {"sum", 0, 0x2211}, {"sup", 0, 0x2283},
	{"sup1", 1, 0x00b9}, {"sup2", 1, 0x00b2}, {"sup3", 1, 0x00b3}, {"supe", 0, 0x2287},
	{"szlig", 1, 0x00df}, {"tau", 0, 0x03c4}, {"tcaron", 0, 0x0165}, {"tcedil", 0, 0x0163},
	{"tcy", 0, 0x0442}, {"there4", 0, 0x2234}, {"theta", 0, 0x03b8}, {"thetasym", 0, 0x03d1},
	{"thetav", 0, 0x03d1}, {"thinsp", 0, 0x2009}, {"thorn", 1, 0x00fe}, {"tilde", 0, 0x02dc},
	{"times", 1, 0x00d7}, {"tprime", 0, 0x2034}, {"trade", 0, 0x2122}, {"tscy", 0, 0x0446},
	{"tshcy", 0, 0x045b}, {"tstrok", 0, 0x0167}, {"uArr", 0, 0x21d1}, {"uacute", 1, 0x00fa},
	{"uarr", 0, 0x2191}, {"ubrcy", 0, 0x045e}, {"ubreve", 0, 0x016d}, {"ucirc", 1, 0x00fb},
	{"ucy", 0, 0x0443}, {"udblac", 0, 0x0171}, {"ugrave", 1, 0x00f9}, {"umacr", 0, 0x016b},
	{"uml", 1, 0x00a8}, {"uogon", 0, 0x0173}, {"upsi", 0, 0x03c5}, {"upsih", 0, 0x03d2},
	{"upsilon", 0, 0x03c5}, {"uring", 0, 0x016f}, {"utilde", 0, 0x0169}, {"uuml", 1, 0x00fc},
	{"varepsilon", 0, 0x03f5}, {"varkappa", 0, 0x03f0}, {"varphi", 0, 0x03d5},
	{"varpi", 0, 0x03d6}, {"varrho", 0, 0x03f1}, {"varsigma", 0, 0x03c2},
	{"vartheta", 0, 0x03d1}, {"vcy", 0, 0x0432}, {"verbar", 0, 0x007c}, {"vert", 0, 0x007c},
	{"wcirc", 0, 0x0175}, {"weierp", 0, 0x2118}, {"wp", 0, 0x2118}, {"xi", 0, 0x03be},
	{"yacute", 1, 0x00fd}, {"yacy", 0, 0x044f}, {"ycirc", 0, 0x0177}, {"ycy", 0, 0x044b},
	{"yen", 1, 0x00a5}, {"yicy", 0, 0x0457}, {"yucy", 0, 0x044e}, {"yuml", 1, 0x00ff},
	{"zacute", 0, 0x017a}, {"zcaron", 0, 0x017e}, {"zcy", 0, 0x0437}, {"zdot", 0, 0x017c},
	{"zeetrf", 0, 0x2128}, {"zeta", 0, 0x03b6}, {"zhcy", 0, 0x0436}, {"zwj", 0, 0x200d},
	{"zwnj", 0, 0x200c},
};
/* clang-format on */

static int compare_names(const void *key, const void *element)
{
	return strcmp(key, ((const struct entity *)element)->name);
}

static const struct entity *find_entity(struct slice name)
{
	char text[ENTITY_NAME_MAX + 1];

	if (name.len == 0 || name.len > ENTITY_NAME_MAX)
		return NULL;
	memcpy(text, name.data, name.len);
	text[name.len] = '\0';
	return bsearch(text, entities, sizeof(entities) / sizeof(entities[0]), sizeof(entities[0]),
		compare_names);
}

/* `text` stands behind "&#". */
static size_t numeric(struct slice text, uint32_t *character)
{
	bool hex = text.len > 0 && ascii_lower(text.data[0]) == 'x';
	uint32_t base = hex ? 16 : 10, value = 0;
	size_t start = hex ? 1 : 0, i = start;

	for (; i < text.len; i++) {
		int digit = ascii_hex(text.data[i]);

		if (digit < 0 || (uint32_t)digit >= base)
			break;
		if (value <= 0x10ffff)
			value = value * base + (uint32_t)digit;
	}
	if (i == start)
		return 0;
	if (value >= 0x80 && value < 0xa0)
		value = unicode_from_windows_1252((unsigned char)value);
	else if (value == 0 || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		value = 0xfffd;
	*character = value;
	return i < text.len && text.data[i] == ';' ? i + 1 : i;
}

/* `text` stands behind "&". */
static size_t named(struct slice text, uint32_t *character)
{
	const struct entity *entity;
	size_t len = 0;

	while (len < text.len && len <= ENTITY_NAME_MAX &&
		(ascii_digit(text.data[len]) ||
			(ascii_lower(text.data[len]) >= 'a' && ascii_lower(text.data[len]) <= 'z')))
		len++;
	entity = find_entity(slice_first(text, len));
	if (entity && len < text.len && text.data[len] == ';') {
		*character = entity->character;
		return len + 1;
	}
	/* Without ";" the longest old name counts: "&ampfoo" is "&foo". */
	for (; len >= 2; len--) {
		entity = find_entity(slice_first(text, len));
		if (!entity || !entity->bare)
			continue;
		*character = entity->character;
		return len;
	}
	return 0;
}

size_t html_entity(struct slice text, uint32_t *character)
{
	size_t used;

	if (text.len < 2 || text.data[0] != '&')
		return 0;
	if (text.data[1] != '#')
		used = named(slice_from(text, 1), character);
	else if ((used = numeric(slice_from(text, 2), character)) > 0)
		used++;
	return used > 0 ? used + 1 : 0;
}
