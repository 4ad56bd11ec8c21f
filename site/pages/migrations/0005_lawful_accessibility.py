from django.db import migrations, models


def declare_without_an_audit(apps, schema_editor):
    """« Non évaluée » is no state that the law knows: without an audit, a site is not conformant."""
    settings = apps.get_model("pages", "SiteSettings")
    settings.objects.filter(accessibility="unknown").update(accessibility="none")


class Migration(migrations.Migration):
    dependencies = [
        ("pages", "0004_body_of_blocks"),
    ]

    operations = [
        migrations.AddField(
            model_name="sitesettings",
            name="audited_on",
            field=models.DateField(
                blank=True,
                help_text="Vide : la déclaration dit qu’aucun audit n’a encore eu lieu.",
                null=True,
                verbose_name="date de l’audit",
            ),
        ),
        migrations.RunPython(declare_without_an_audit, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="sitesettings",
            name="accessibility",
            field=models.CharField(
                choices=[
                    ("none", "non conforme"),
                    ("partial", "partiellement conforme"),
                    ("full", "totalement conforme"),
                ],
                default="none",
                help_text="Dit en bas de chaque page. Sans audit, la loi demande « non conforme ».",
                max_length=8,
                verbose_name="état d’accessibilité",
            ),
        ),
    ]
