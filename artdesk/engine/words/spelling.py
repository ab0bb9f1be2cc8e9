"""Suggestions for words that the table lacks: typing errors and other languages.

A suggestion is shown and never taken without the artist's consent.
"""

import unicodedata
from collections.abc import Sequence

_SHORT = 5
"""Up to this length one error is allowed, in longer words two."""

# The words for poles and hues, by language; forms that are also English words are left out.
_LANGUAGES: dict[str, str] = {
    "French": "chaud=warm chaude=warm froid=cool froide=cool clair=bright claire=bright "
    "lumineux=luminous foncé=dark vif=vivid vive=vivid coloré=colourful "
    "géométrique=geometric organique=organic doux=soft douce=soft lisse=smooth "
    "rugueux=rough symétrique=symmetric dynamique=dynamic statique=static audacieux=bold "
    "délicat=delicate aéré=airy rond=round ronde=round anguleux=angular harmonieux=harmonious "
    "calme=calm triste=sad joyeux=joyful rouge=red jaune=yellow vert=green verte=green bleu=blue "
    "bleue=blue violette=purple brun=brown marron=brown doré=golden noir=black noire=black "
    "gris=grey grise=grey blanc=white blanche=white",
    "German": "kühl=cool kalt=cold dunkel=dark kräftig=vivid gedämpft=muted "
    "bunt=colourful einfarbig=monochrome geometrisch=geometric organisch=organic weich=soft "
    "scharf=sharp glatt=smooth rau=rough symmetrisch=symmetric dynamisch=dynamic "
    "statisch=static kühn=bold zart=delicate luftig=airy dicht=dense rund=round eckig=angular "
    "harmonisch=harmonious ruhig=calm traurig=sad fröhlich=cheerful gelb=yellow grün=green "
    "türkis=turquoise blau=blue lila=purple rosa=pink braun=brown schwarz=black grau=grey "
    "weiß=white weiss=white",
    "Spanish": "cálido=warm cálida=warm frío=cool fría=cool brillante=bright oscuro=dark "
    "oscura=dark colorido=colourful geométrico=geometric orgánico=organic suave=soft nítido=sharp "
    "liso=smooth áspero=rough simétrico=symmetric dinámico=dynamic estático=static audaz=bold "
    "delicado=delicate denso=dense redondo=round armonioso=harmonious tranquilo=calm triste=sad "
    "alegre=cheerful rojo=red roja=red naranja=orange amarillo=yellow amarilla=yellow verde=green "
    "turquesa=turquoise azul=blue morado=purple marrón=brown dorado=golden negro=black negra=black "
    "blanco=white blanca=white",
    "Italian": "caldo=warm freddo=cool luminoso=bright scuro=dark vivace=lively "
    "geometrico=geometric organico=organic morbido=soft nitido=sharp ruvido=rough "
    "simmetrico=symmetric dinamico=dynamic statico=static arioso=airy rotondo=round "
    "armonioso=harmonious calmo=calm allegro=cheerful rosso=red rossa=red arancione=orange "
    "giallo=yellow gialla=yellow turchese=turquoise azzurro=azure marrone=brown "
    "dorato=golden nero=black nera=black grigio=grey grigia=grey bianco=white bianca=white",
    "Portuguese": "quente=warm escuro=dark escura=dark macio=soft áspero=rough dinâmico=dynamic "
    "calmo=calm vermelho=red vermelha=red laranja=orange amarelo=yellow roxo=purple preto=black "
    "cinza=grey branco=white branca=white",
    "Dutch": "koel=cool koud=cold helder=bright donker=dark kleurrijk=colourful zacht=soft "
    "scherp=sharp ruw=rough rustig=calm rood=red oranje=orange geel=yellow groen=green "
    "blauw=blue paars=purple roze=pink bruin=brown zwart=black grijs=grey",
}
_FOREIGN: dict[str, tuple[str, str]] = {}
for _language, _pairs in _LANGUAGES.items():
    for _pair in _pairs.split():
        _word, _english = _pair.split("=")
        _FOREIGN.setdefault(_word, (_english, _language))


def foreign(text: str) -> tuple[str, str] | None:
    """What a word of another language means, if it is one.

    Returns:
        The English word and the name of the language; both empty for another script whose words
        nobody listed; None for what may be English.
    """
    found = _FOREIGN.get(text)
    if found is not None:
        return found
    for character in text:
        if character.isalpha() and not unicodedata.name(character, "").startswith("LATIN"):
            return "", ""
    return None


def misspelt(text: str, words: Sequence[str], count: int = 3) -> tuple[str, ...]:
    """The words that a text with one or two typing errors may have been meant as, nearest first.

    Args:
        text: In lower case.
        words: Words to choose from.
        count: Most suggestions.
    """
    limit = 1 if len(text) <= _SHORT else 2
    found = []
    for word in words:
        if abs(len(word) - len(text)) <= limit:
            errors = distance(text, word, limit)
            if errors <= limit:
                # People seldom miss the first letter.
                found.append((errors, word[:1] != text[:1], word))
    return tuple(word for _, _, word in sorted(found)[:count])


def distance(first: str, second: str, limit: int) -> int:
    """Insertions, deletions, changes and swaps of neighbours (Damerau 1964) between two words.

    Args:
        first: A word.
        second: Another.
        limit: More than this is returned as `limit + 1`, as soon as it is certain.
    """
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first):
        earlier, before, row = before, row, [i + 1]
        for j, other in enumerate(second):
            cost = min(before[j] + (letter != other), before[j + 1] + 1, row[j] + 1)
            if i and j and letter == second[j - 1] and first[i - 1] == other:
                cost = min(cost, earlier[j - 1] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]
