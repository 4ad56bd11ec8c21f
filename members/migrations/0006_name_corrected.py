from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0005_session_version"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="name_corrected_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="nom corrigé le"),
        ),
    ]
