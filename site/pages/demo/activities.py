"""What the demo's organisations offer."""

from dataclasses import dataclass
from typing import Any

from pages.demo.blocks import CAFE_BLOCKS


@dataclass(frozen=True)
class DemoActivity:
    slug: str
    organisation: str
    title: str
    summary: str
    hue: str
    body: str
    audience: str = "Tous les professionnels de santé, adhérents ou non"
    objectives: str = ""
    methods: str = ""
    hours: str = ""
    prerequisites: str = "Aucun"
    trainers: str = ""
    accessibility: str = ""
    modules: tuple[tuple[str, str, str], ...] = ()  # title, content, hours
    more: tuple[tuple[str, Any], ...] = ()  # blocks after the text

    @property
    def is_training(self) -> bool:
        return bool(self.hours)


ACTIVITIES = (
    DemoActivity(
        slug="cafe-des-soignants",
        organisation="cpts-grand-havre",
        title="Café des Soignants",
        summary=(
            "Une fois par mois, deux heures pour souffler et apprendre entre soignants, le soir ou le midi."
        ),
        hue="sea",
        body=(
            "<p>On pousse la porte, on pose sa blouse. Sophrologie, marche, écriture, respiration : chaque "
            "mois un atelier différent, mené par quelqu’un dont c’est le métier, puis un verre et le temps "
            "de parler.</p><h2>Comment cela se passe</h2><ul><li>Une petite salle, une douzaine de "
            "personnes, jamais plus que les places annoncées.</li><li>Ce qui se dit au Café reste au "
            "Café.</li><li>Rien à préparer, rien à apporter. Venez comme vous êtes.</li></ul>"
        ),
        more=CAFE_BLOCKS,
    ),
    DemoActivity(
        slug="accueil-nouveaux-soignants",
        organisation="cpts-grand-havre",
        title="Soirée d’accueil",
        summary="Vous venez de vous installer ? Une soirée pour mettre des visages sur des noms.",
        hue="sun",
        audience=(
            "Soignants installés depuis peu, remplaçants, internes, et celles et ceux qui les accueillent"
        ),
        body=(
            "<p>Qui appeler quand un patient ne peut pas attendre ? Où se garer pour les visites ? Les "
            "réponses ne sont dans aucun annuaire. Les collègues, eux, les connaissent.</p>"
        ),
    ),
    DemoActivity(
        slug="veilleur-guetteur",
        organisation="imhotep-normandie",
        title="Soirée veilleur-guetteur",
        summary="Repérer le confrère qui va moins bien, oser l’aborder, lui donner des appuis.",
        hue="buoy",
        body=(
            "<p>Un veilleur-guetteur n’est ni thérapeute ni chef de service. C’est un collègue attentif, "
            "qui sait quoi regarder, comment ouvrir la conversation et vers qui orienter.</p><h2>Au fil de "
            "la soirée</h2><ul><li>Repérer : les signes qui comptent, ceux qui trompent.</li><li>Aborder : "
            "les mots qui ouvrent, les silences utiles.</li><li>Donner des appuis : qui fait quoi en "
            "Normandie, jour et nuit.</li></ul>"
        ),
    ),
    DemoActivity(
        slug="risques-professionnels",
        organisation="imhotep-normandie",
        title="Soirée risques professionnels",
        summary=(
            "Gestes, sang, violences, nuits : regarder nos risques en face, et repartir avec des parades."
        ),
        hue="ink",
        body=(
            "<p>Nous savons prévenir les risques des autres. Une soirée pour parler des nôtres, avec des "
            "professionnels de la santé au travail, à partir de situations vécues.</p>"
        ),
    ),
    DemoActivity(
        slug="journee-annuelle",
        organisation="imhotep-normandie",
        title="Journée annuelle d’IMHOTEP",
        summary="Une journée entière, une fois par an, pour penser la santé des soignants au grand air.",
        hue="sea",
        body=(
            "<p>Des exposés courts, des ateliers, une marche. En 2025, la journée s’est tenue à Bagnoles de "
            "l’Orne, le vendredi 31 octobre.</p>"
        ),
    ),
    DemoActivity(
        slug="formation-leader",
        organisation="mots-normandie",
        title="Formation « Leader »",
        summary="Trois demi-journées pour devenir référent santé des soignants dans sa CPTS.",
        hue="sun",
        audience="Référents santé des soignants et coordinations de CPTS",
        body=(
            "<p>Vous avez dit oui pour porter le sujet dans votre CPTS. Cette formation vous donne une "
            "méthode, un réseau et de quoi tenir dans la durée, sans devenir le seul recours de tous.</p>"
        ),
        objectives=(
            "Situer les facteurs de risque et de protection propres aux soignants\n"
            "Construire une première action sur votre territoire\n"
            "Orienter un confrère en difficulté vers les bons appuis\n"
            "Poser les limites de votre rôle"
        ),
        methods=(
            "Études de situations, jeux de rôle, travail sur le projet de chaque participant entre les "
            "séances."
        ),
        hours="10.5",
        prerequisites="Exercer en Normandie, et l’accord de sa CPTS si l’on y porte le rôle",
        trainers=(
            "Hélène Marais, psychologue\nDr Marc Vasseur, médecin généraliste, ancien coordinateur de CPTS"
        ),
        accessibility="Agathe Roussel, référente handicap de MOTS, handicap@mots.example.org",
        modules=(
            (
                "Comprendre",
                "Ce qui use et ce qui protège dans nos métiers. Les chiffres, et ce qu’ils ne disent pas.",
                "3.5",
            ),
            (
                "Agir",
                "Choisir une première action à sa taille, trouver des alliés, l’écrire en une page.",
                "3.5",
            ),
            (
                "Tenir",
                "Accueillir un confrère qui va mal, passer le relais, poser ses limites.",
                "3.5",
            ),
        ),
    ),
    DemoActivity(
        slug="reperer-la-detresse",
        organisation="mots-normandie",
        title="Formation « Repérer la détresse »",
        summary="Deux heures à distance pour reconnaître la détresse d’un confrère et savoir quoi en faire.",
        hue="ink",
        body=(
            "<p>Courte, concrète, depuis chez vous ou votre cabinet. Caméra bienvenue, jamais "
            "obligatoire.</p>"
        ),
        objectives=(
            "Reconnaître les signes d’alerte chez un confrère\n"
            "Engager la conversation sans juger ni minimiser\n"
            "Connaître les relais, jour et nuit"
        ),
        methods="Exposé bref, situations filmées, échanges en petits groupes.",
        hours="2",
        trainers="Dr Léa Morin, psychiatre\nYann Fauvel, infirmier, pair-aidant",
        accessibility="Sous-titres en direct sur demande, trois jours avant : handicap@mots.example.org",
        modules=(
            ("Reconnaître", "Les signes qui alertent, ceux qui trompent.", "0.5"),
            ("Parler", "Deux situations filmées, puis à vous, par trois.", "1"),
            ("Relayer", "Qui appeler en Normandie, jour et nuit.", "0.5"),
        ),
    ),
    DemoActivity(
        slug="sante-experience",
        organisation="cpts-caen-couronne",
        title="Colloque Santé Experience",
        summary="Deux jours pour apprendre de l’expérience des patients et de celle des soignants.",
        hue="buoy",
        audience="Professionnels de santé, étudiants, patients partenaires",
        body=(
            "<p>Conférences, tables rondes et ateliers. La première rencontre s’est tenue les 25 et 26 "
            "avril 2025 ; les intervenants y déclarent leurs liens d’intérêt.</p>"
        ),
    ),
)
