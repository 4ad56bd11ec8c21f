"""What every installation starts with: home, help, legal notice, privacy, accessibility.

Drafts that say so where they must; the organisation that hosts Escale completes them in the CMS.
"""

from dataclasses import dataclass
from typing import Any

from wagtail.rich_text import RichText

PROMISE = "Faire escale, pour repartir soigner."
INTRO = (
    "Ateliers, soirées et formations près de chez vous, proposés par des soignants à des soignants. "
    "Inscription en une minute, sans compte."
)


@dataclass(frozen=True)
class StandardPage:
    slug: str
    title: str
    intro: str
    body: str
    in_menu: bool = False  # else the footer leads to it
    more: tuple[tuple[str, Any], ...] = ()  # blocks after the text


HELP = StandardPage(
    slug="aide",
    title="Besoin d’aide ?",
    intro="Vous prenez soin des autres. Si c’est vous qui allez mal, ou un collègue, voici à qui parler.",
    body=(
        '<h2>Maintenant, jour et nuit</h2><p><b>MOTS : <a href="tel:+33608282589">0608 282 589</a>.</b> '
        "L’association répond à toute heure. Pour vous, ou parce qu’un confrère vous inquiète.</p><p>En cas "
        "de danger immédiat, appelez les secours.</p><h2>Vous êtes interne</h2><p>La cellule de soutien des "
        "internes de Rouen répond par e-mail : <a "
        'href="mailto:soutien-img@univ-rouen.fr">soutien-img@univ-rouen.fr</a>.</p><h2>Un temps d’écoute, un '
        "soin</h2><ul><li>Certaines structures proposent un temps d’écoute individuel, tenu par un binôme "
        "formé. La page de chaque structure dit comment la joindre.</li><li>La Clinique des Boucles de la "
        "Seine accueille des soignants.</li></ul><h2>Se former pour aider</h2><p>Le diplôme "
        "interuniversitaire « Soigner les soignants » forme à recevoir un confrère comme patient.</p><h2>Ce "
        "que fait Escale, et ce qu’elle ne fait pas</h2><p>Escale vous indique ces portes, et s’arrête là. "
        "Elle ne prend aucun rendez-vous d’écoute ou de soin, et n’en garde aucune trace : ni formulaire, ni "
        "statistique. Ces appels et ces messages partent de chez vous, sans passer par nous.</p>"
    ),
    in_menu=True,
)


def _resource(title: str, text: str, **ways: Any) -> tuple[str, dict[str, Any]]:
    empty = {"audience": "", "when": "", "free": False, "url": "", "phone": "", "email": ""}
    return "resource", empty | {"title": title, "text": text} | ways


def _prose(html: str) -> tuple[str, Any]:
    return "text", RichText(html)


def _heading(title: str) -> tuple[str, Any]:
    return _prose(f"<h2>{title}</h2>")


MOTS_SITE = "https://www.association-mots.org/"
RESOURCES = StandardPage(
    slug="ressources",
    title="Ressources",
    intro="Des portes ailleurs, pour vous ou pour un confrère. Escale vous les montre, et s’arrête là.",
    body=(
        "<p>Ces services ne passent pas par Escale : rien de ce que vous leur confiez n’arrive ici, et nous "
        "ne savons pas qui les appelle.</p><h2>Parler à quelqu’un</h2>"
    ),
    in_menu=True,
    more=(
        _resource(
            "Ligne d’écoute de MOTS",
            "Un médecin formé vous écoute, en toute confidentialité. Pour vous, ou parce qu’un confrère vous "
            "inquiète.",
            audience="Tous les soignants",
            when="Jour et nuit",
            phone="0608 282 589",
            url=MOTS_SITE,
        ),
        _resource(
            "Cellule de soutien des internes de Rouen",
            "Une équipe répond aux internes en difficulté.",
            audience="Internes",
            email="soutien-img@univ-rouen.fr",
        ),
        _heading("Faire le point, se former, agir"),
        _resource(
            "OASIS, l’auto-évaluation de MOTS",
            "Quelques questions pour savoir où vous en êtes. Elles sont posées et gardées par MOTS.",
            audience="Tous les soignants",
            url=MOTS_SITE,
        ),
        _resource(
            "Kits de communication de MOTS",
            "Affiches et dépliants pour parler de la santé des soignants dans votre structure.",
            audience="Coordinations et référents santé des soignants",
            url=MOTS_SITE,
        ),
        _prose(
            "<h3>Aussi</h3><ul><li>Le diplôme interuniversitaire « Soigner les soignants » forme à recevoir "
            "un confrère comme patient.</li><li>La Clinique des Boucles de la Seine accueille des "
            "soignants.</li><li>Certaines structures proposent un temps d’écoute individuel, tenu par un "
            "binôme formé : leur page dit comment les joindre.</li></ul>"
        ),
    ),
)
LEGAL = StandardPage(
    slug="mentions-legales",
    title="Mentions légales",
    intro="Projet de texte : la structure qui met Escale en service le complète avant l’ouverture.",
    body=(
        "<h2>Éditeur</h2><p>À compléter : nom, forme juridique, adresse, téléphone, numéro d’inscription "
        "(RNA ou SIREN), et directeur ou directrice de la publication.</p><h2>Hébergement</h2><p>À "
        "compléter : nom, adresse et téléphone de l’hébergeur. Il agit comme sous-traitant des structures, "
        "au sens du RGPD.</p><h2>Contenus</h2><p>Chaque structure écrit et publie ses propres pages, et en "
        "répond. Les chiffres sont donnés avec leur source et leur date. Les illustrations sont celles "
        "d’Escale.</p><h2>Signaler un contenu</h2><p>Écrivez à la structure dont c’est la page, ou à "
        "l’éditeur.</p><h2>Logiciel et polices</h2><p>Textes en Atkinson Hyperlegible Next, titres en "
        "Fraunces (licence SIL Open Font License), icônes Lucide (licence ISC).</p>"
    ),
)
PRIVACY = StandardPage(
    slug="donnees-personnelles",
    title="Données personnelles",
    intro="Le moins possible, le temps qu’il faut. Projet de texte, à valider par chaque structure.",
    body=(
        "<h2>Qui est responsable</h2><p>La structure qui organise l’activité est responsable de vos "
        "données : son nom est sur chaque formulaire, son adresse sur sa page. Escale et son hébergeur les "
        "traitent pour elle, et pour rien d’autre.</p><h2>Ce que nous demandons</h2><ul><li>Prénom, nom, "
        "adresse e-mail, profession : pour vous inscrire et vous prévenir.</li><li>Civilité, numéro RPPS, "
        "adhésion : si vous le souhaitez.</li><li>Vos présences : pour vous délivrer une "
        "attestation.</li></ul><p>Jamais de date de naissance, d’adresse postale ni d’information de santé. "
        "N’en écrivez pas dans les champs libres.</p><h2>Pourquoi, et sur quelle base</h2><ul><li>Gérer "
        "votre inscription : votre demande.</li><li>Rendre compte de l’activité en chiffres : l’intérêt "
        "légitime de la structure.</li><li>Garder la preuve d’une formation suivie : une obligation "
        "légale.</li><li>Vous annoncer les prochaines dates, publier une photo : votre accord, donné à part, "
        "jamais nécessaire pour vous inscrire, et repris quand vous voulez.</li></ul><h2>Qui les "
        "voit</h2><p>La coordination de la structure, et les personnes qui animent votre session. Aucune "
        "autre structure. Une attestation se vérifie par son numéro : la page ne montre que votre prénom et "
        "une initiale. Votre avis est anonyme : rien ne permet de remonter d’une réponse à vous.</p><h2>Vos "
        "droits</h2><p>Lire vos données, en prendre une copie, les corriger, les effacer, en limiter "
        "l’usage, vous y opposer, reprendre un accord.</p><ul><li><b>Depuis <a "
        'href="/mon-espace/donnees/">Mon espace, Mes données</a></b> : tout de suite, sans rien demander à '
        "personne.</li><li><b>Vous n’avez jamais créé de compte ?</b> Vous en avez pourtant un dès votre "
        "première inscription : demandez un code à l’adresse que vous aviez donnée, il "
        "l’ouvre.</li><li><b>Vous n’avez plus cette adresse ?</b> Écrivez à la structure, ou à la "
        "plateforme : la réponse vient sous un mois.</li></ul><p>L’effacement garde des nombres sans nom, et "
        "l’attestation d’une formation tant que la loi peut demander de la prouver. Il rend vos places à "
        "venir.</p><p>Vous pouvez aussi saisir la CNIL : www.cnil.fr.</p><h2>Cookies</h2><p>Deux, "
        "indispensables : votre session, et la protection des formulaires. Aucune mesure d’audience, rien "
        "qui vienne d’ailleurs : c’est pourquoi aucun bandeau ne vous interrompt.</p>"
    ),
)
ACCESSIBILITY = StandardPage(
    slug="accessibilite",
    title="Accessibilité",
    intro="Escale vise le RGAA 4.1 et le niveau AA des WCAG 2.2.",
    body=(
        "<h2>Ce que nous faisons déjà</h2><ul><li>Tout se fait au clavier, avec un repère "
        "visible.</li><li>Les pages restent lisibles à 200 % et sur un écran de 320 pixels.</li><li>La "
        "couleur n’est jamais seule à porter une information.</li><li>Une erreur est dite dès le titre de "
        "la page, puis au-dessus du formulaire ; rien de ce qui était tapé n’est perdu.</li><li>Vos "
        "réglages sont suivis : thème sombre, couleurs imposées, espacement du texte, moins d’animations. "
        "Sans JavaScript, s’inscrire et se désister marchent aussi.</li><li>Un code de connexion sert "
        "pendant un quart d’heure ; un autre se demande aussitôt.</li></ul><h2>Comment nous le "
        "vérifions</h2><p>Les pages publiques et celles de votre espace passent un contrôle automatique "
        "(axe, dans Chromium), en clair et en sombre, sur téléphone et sur ordinateur ; le parcours "
        "d’inscription est essayé au clavier seul. Cela ne remplace pas un audit. Aucun essai n’a encore "
        "été fait avec un lecteur d’écran (NVDA, VoiceOver, TalkBack) ni avec des personnes qui en "
        "utilisent un.</p><p>Technologies : HTML, CSS, SVG, JavaScript, PDF.</p><h2>Ce qui n’est pas "
        "accessible</h2><p>Sans audit, nous ne pouvons pas en dresser la liste complète. Nous savons déjà "
        "que :</p><ul><li>les documents que les structures joignent (affiches, supports) ne sont pas tous "
        "accessibles ;</li><li>une carte s’ouvre sur un autre site, dont nous ne répondons pas : l’adresse "
        "est toujours écrite en toutes lettres.</li></ul><h2>Une difficulté ?</h2><p>Écrivez à la structure "
        "qui organise l’activité : son adresse est sur sa page. Elle vous donnera l’information ou "
        "l’inscription par un autre moyen.</p><h2>Recours</h2><p>Si vous n’obtenez pas de réponse "
        "satisfaisante, vous pouvez saisir le Défenseur des droits : www.defenseurdesdroits.fr, ou par "
        "courrier gratuit, sans affranchissement : Défenseur des droits, Libre réponse 71120, 75342 Paris "
        "CEDEX 07.</p><h2>Cette déclaration</h2><p>Elle est refaite après trois ans, ou dès que le site "
        "change en profondeur.</p>"
    ),
)
PAGES = (RESOURCES, HELP, LEGAL, PRIVACY, ACCESSIBILITY)
