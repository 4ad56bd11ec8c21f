from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0018_indexes_of_lists")]

    operations = [
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                condition=models.Q(("is_need", True)), fields=["registration"], name="answer_need"
            ),
        ),
    ]
