from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('org', '0002_duty_and_drawing'),
    ]

    operations = [
        migrations.AddField(
            model_name='service',
            name='papers',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='service',
            name='place',
            field=models.CharField(default='room', max_length=8),
        ),
    ]
