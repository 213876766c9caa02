from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0013_keeping'),
    ]

    operations = [
        migrations.AddField(
            model_name='publicreport',
            name='sms',
            field=models.BooleanField(default=False),
        ),
    ]
