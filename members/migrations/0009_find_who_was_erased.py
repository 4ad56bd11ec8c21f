from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0008_signature_on_screen")]

    operations = [
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                condition=models.Q(("erased_at__isnull", False)),
                fields=["erased_at", "id"],
                name="user_erased",
            ),
        ),
    ]
