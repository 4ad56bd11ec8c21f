"""The demo's organisations and their pages. Texts are ours; real figures carry their source and date."""

from dataclasses import dataclass

CAFE_FIGURES = (
    ("151", "participations la première année"),
    ("84", "soignants différents"),
    ("105 %", "de remplissage des ateliers"),
    ("80 %", "de femmes parmi les participants"),
    ("8,4/10", "de satisfaction"),
)
CAFE_SOURCE = (
    "Café des Soignants, première année. Chiffres de la CPTS Grand Havre, présentés le 26 avril 2025. "
    "75 des 151 participations étaient celles d’adhérents : l’autre moitié venait d’ailleurs."
)


@dataclass(frozen=True)
class DemoOrganisation:
    slug: str
    name: str
    short_name: str
    kind: str
    city: str
    summary: str
    body: str
    parent: str = ""
    signatory: str = ""
    figures: tuple[tuple[str, str], ...] = ()
    source: str = ""
    department: str = ""

    @property
    def email(self) -> str:
        return f"{self.slug}@example.org"


ORGANISATIONS = (
    DemoOrganisation(
        slug="cpts-grand-havre",
        name="CPTS Grand Havre « Sextant 76 »",
        short_name="CPTS Grand Havre",
        kind="cpts",
        city="Le Havre",
        department="76",
        summary=(
            "Des professionnels de santé du Havre et de la pointe de Caux qui se connaissent, se relaient et "
            "se soutiennent."
        ),
        signatory="La coordination de la CPTS Grand Havre",
        body=(
            "<p>Un sextant sert à savoir où l’on est. C’est un peu ce que nous cherchons : nous repérer "
            "ensemble, entre ville et hôpital, libéraux et salariés.</p><p>Depuis 2024, notre Café des "
            "Soignants ouvre sa porte une fois par mois. On y souffle, on y apprend, on y rencontre le "
            "collègue que l’on n’avait qu’au téléphone. Adhérent ou non, vous êtes attendu·e.</p>"
        ),
        figures=CAFE_FIGURES,
        source=CAFE_SOURCE,
    ),
    DemoOrganisation(
        slug="imhotep-normandie",
        name="IMHOTEP Normandie",
        short_name="IMHOTEP",
        kind="association",
        city="Rouen",
        department="76",
        summary=(
            "Un réseau de médecins formés pour prendre soin des soignants, en Seine-Maritime et dans l’Eure."
        ),
        signatory="La présidence d’IMHOTEP Normandie",
        body=(
            "<p>Se soigner soi-même est une habitude du métier, rarement une bonne idée. Nous réunissons "
            "des médecins formés à recevoir un confrère comme un patient, et nous allons à la rencontre des "
            "équipes.</p><p>Nos soirées parlent des risques du métier et apprennent à devenir "
            "veilleur-guetteur : repérer celui ou celle qui va moins bien, oser l’aborder, donner les bons "
            "appuis. Une journée par an nous rassemble tous.</p>"
        ),
    ),
    DemoOrganisation(
        slug="mots",
        name="Association MOTS",
        short_name="MOTS",
        kind="association",
        city="",
        summary="Écouter les soignants en difficulté, jour et nuit, et former ceux qui veillent sur eux.",
        body=(
            "<p>Au bout du fil, un médecin formé, qui écoute et aide à trouver une issue. C’est "
            "confidentiel, et cela commence par un appel.</p><p>MOTS forme aussi, dans les territoires, les "
            "personnes qui portent la santé des soignants au sein de leur équipe ou de leur CPTS.</p>"
        ),
    ),
    DemoOrganisation(
        slug="mots-normandie",
        name="MOTS, antenne normande",
        short_name="MOTS Normandie",
        kind="association",
        city="Caen",
        department="14",
        parent="mots",
        summary="L’antenne normande de MOTS, avec l’URML Normandie : des formations près de chez vous.",
        signatory="Agathe Roussel, déléguée de l’antenne normande",
        body=(
            "<p>Nous formons en Normandie les référents santé des soignants : celles et ceux qui, dans une "
            "CPTS, donnent l’impulsion et gardent l’œil ouvert. Et tous les professionnels qui veulent "
            "savoir repérer la détresse d’un confrère sans s’y perdre eux-mêmes.</p>"
        ),
    ),
    DemoOrganisation(
        slug="cpts-caen-couronne",
        name="CPTS Caen Couronne",
        short_name="CPTS Caen Couronne",
        kind="cpts",
        city="Caen",
        department="14",
        summary=(
            "Les professionnels de santé de l’agglomération de Caen, et un colloque pour apprendre de "
            "l’expérience."
        ),
        signatory="La coordination de la CPTS Caen Couronne",
        body=(
            "<p>Nous croyons que le vécu des patients et celui des soignants s’éclairent l’un l’autre. Le "
            "colloque Santé Experience est né de cette idée, les 25 et 26 avril 2025.</p>"
        ),
    ),
)
